"""Names that tell what a dotted word is: public suffixes, file endings, free-mail providers."""

from __future__ import annotations

import tldextract


def word_set(words: str) -> frozenset[str]:
    """The words of a space-separated table."""
    return frozenset(words.split())


# What a file name ends in. Some are top-level domains too (zip, py, sh, md ...): in doubt a file. Not so "ai", "com",
# "pl" and "rs", rarer as endings of files than as ends of domains (Poland and Serbia have many), nor "app", "one" and
# "so", under which real indicators stand (14 in Amnesty's); for these see ``is_file_name``.
FILE_ENDINGS = word_set(
    "7z aab apk appx asp aspx bak bat bin bz2 c cab cfg chm class cmd conf config cpl cpp css csv dat db dll "
    "dmg doc docm docx dot dotm elf eml exe gif gz h hta htm html ico img inf ini iso jar java jpeg jpg js json jsp "
    "key lnk log md mov mp3 mp4 msg msi msix odp ods odt pages pdb pdf php pif pkg plist pm png pps ppt pptm "
    "pptx properties ps ps1 psm1 pub py pyc rar rb reg rels rtf sct scr sh sql svg swf sys tar tgz tif tiff "
    "tmp ts txt vb vba vbe vbs vhd vhdx wasm wav webp wim wsf xla xlam xls xlsb xlsm xlsx xml xps xz yaml yar yml "
    "zip"
)

suffixes = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


def registrable(domain: str) -> str:
    """The part of ``domain`` that one holder registered ("evil.co.uk"), customers of shared hosts told apart
    ("evil.github.io"); "" where no public suffix is known. Public Suffix List as shipped with tldextract."""
    return suffixes.extract_str(domain).top_domain_under_public_suffix


def public_suffix(domain: str) -> str:
    """What ``domain`` ends in that anybody can register under ("co.uk"); "" where that is not known."""
    return suffixes.extract_str(domain).suffix


def has_known_suffix(domain: str) -> bool:
    """Whether ``domain`` ends in a public suffix, or in a name that only the Tor network resolves."""
    return bool(suffixes.extract_str(domain).suffix) or domain.endswith(".onion")


def is_file_name(text: str) -> bool:
    """Whether a dotted word is more likely a file than a domain: by its ending."""
    ending = text.rpartition(".")[2].lower()
    if ending in ("app", "one"):
        return text[0].isupper()  # "Safari.app", "Invoice.one"; domains are written in lower case
    return ending in FILE_ENDINGS or (ending == "so" and text.startswith("lib"))


# Who gives an e-mail address to anybody, so that its domain says nothing about the crime. Written down by hand:
# the largest providers by country. Disposable addresses are a warning list's matter (warnings.py).
FREE_MAIL = word_set(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com rocketmail.com aol.com "
    "icloud.com me.com mac.com proton.me protonmail.com pm.me tutanota.com tuta.io mail.com gmx.com gmx.de gmx.net "
    "gmx.at gmx.ch web.de t-online.de freenet.de posteo.de mailbox.org yandex.com yandex.ru ya.ru mail.ru bk.ru "
    "list.ru inbox.ru rambler.ru ukr.net i.ua seznam.cz post.cz email.cz centrum.cz wp.pl o2.pl onet.pl interia.pl "
    "libero.it virgilio.it tiscali.it alice.it orange.fr wanadoo.fr laposte.net free.fr sfr.fr hotmail.fr "
    "hotmail.co.uk hotmail.de hotmail.it hotmail.es outlook.fr outlook.de yahoo.co.uk yahoo.fr yahoo.de yahoo.it "
    "yahoo.es yahoo.co.jp yahoo.com.br yahoo.co.in live.co.uk btinternet.com sky.com bol.com.br uol.com.br "
    "terra.com.br qq.com foxmail.com 163.com 126.com yeah.net sina.com sohu.com naver.com daum.net hanmail.net "
    "rediffmail.com zoho.com zohomail.com fastmail.com hushmail.com abv.bg mail.bg freemail.hu citromail.hu azet.sk "
    "inbox.lv delfi.ee telenet.be skynet.be ziggo.nl kpnmail.nl xs4all.nl sapo.pt comcast.net verizon.net att.net "
    "cox.net bigpond.com"
)
