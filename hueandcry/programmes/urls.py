"""Addresses of the desk. Each part has a line."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "programmes"
urlpatterns: list[URLPattern | URLResolver] = [
    path("programmes/iati/", include("hueandcry.programmes.iati.urls")),
    path("programmes/", include("hueandcry.programmes.plan.urls")),
    path("funds/", include("hueandcry.programmes.funds.urls")),
    path("ledger/", include("hueandcry.programmes.ledger.urls")),
    path("invoices/", include("hueandcry.programmes.fees.urls")),
    path("bank/", include("hueandcry.programmes.bank.urls")),
    path("portfolios/", include("hueandcry.programmes.allocation.urls")),
    path("board/", include("hueandcry.programmes.board.urls")),
    path("calls/", include("hueandcry.programmes.raising.urls")),
]
