"""Addresses of the TAXII server. All lead to one door, which reads the address itself; project/wsgi.py knows it too."""

from django.urls import re_path

from hueandcry.exchange.taxii.door import door

app_name = "taxii"
urlpatterns = [re_path(r"^(?P<rest>.*)$", door, name="door")]
