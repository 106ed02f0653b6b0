"""What of a request's address is recorded: its secrets are not."""

from __future__ import annotations

from typing import Final

# The words and the pattern are data; guards in other languages read them from the vectors' file.
from actas_guard.redaction import _BEFORE_SECRETS, _ISSUED, _PAGES
from tools.vectors.world import Json

_R: Final = "[redacted]"
_UUID: Final = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
_RANDOM: Final = "k7Jq2mZr9TbXw4VnLs8PdYh3"
_JWT: Final = "eyJhbgciojhbg.payload"  # its letters are in no disorder
_ENCODED: Final = "".join(f"%{ord(each):02X}" for each in _RANDOM)

# By what each shows: the address as it is sent, and as it is recorded.
_SENT: Final = {
    "a path is kept as it was sent": ("/files/a%20b%2Fc", "/files/a%20b%2Fc"),
    "bytes outside of printable ASCII are percent-encoded": ("/gr\u00f6\u00dfe/\u007f", "/gr%F6%DFe/%7F"),
    "an encoded question mark is the path's own": ("/cases/7%3Fpart?page=2", "/cases/7%3Fpart?page="),
    "empty parts stay": ("//a//b/", "//a//b/"),
    "a path has at most 2048 characters": ("/" + "a/" * 1100, ("/" + "a/" * 1100)[:2048]),
}
_NAMED: Final = {
    "what follows a telling name": ("/invite/kqzjxwvbtr", f"/invite/{_R}"),
    "the name in other letters, with _ for -": ("/Sign_In/abcdefgh", f"/Sign_In/{_R}"),
    "the name in any spelling": ("/inv%69te/kqzjxwvbtr", f"/inv%69te/{_R}"),
    "behind doubled slashes": ("/invite//kqzjxwvbtr", f"/invite//{_R}"),
    "a UUID is a secret there": (f"/reset/{_UUID}", f"/reset/{_R}"),
    "words that no page is called by": ("/invitation/correct-horse-battery", f"/invitation/{_R}"),
    "digits alone": ("/otp/482913", f"/otp/{_R}"),
    "six characters are enough": ("/code/abcdef", f"/code/{_R}"),
    "five are not": ("/code/abcde", "/code/abcde"),
    "six characters that are longer as they are sent": ("/code/%61%62%63%64%65", "/code/%61%62%63%64%65"),
    "a page": ("/login/callback", "/login/callback"),
    "a page of several words": ("/reset-password/set_password", "/reset-password/set_password"),
    "a telling name behind another": ("/password/reset/kqzjxwvbtr", f"/password/reset/{_R}"),
    "a page's word in capitals is none": ("/login/Callback", f"/login/{_R}"),
    "a page's words with something behind": ("/login/callback-", f"/login/{_R}"),
    "only what directly follows": ("/invite/members/kqzjxwvbtr", "/invite/members/kqzjxwvbtr"),
    "only a whole part is a telling name": ("/invitees/kqzjxwvbtr", "/invitees/kqzjxwvbtr"),
    "a telling name at the end": ("/settings/token", "/settings/token"),
}
_ISSUED_KEYS: Final = {
    "an issued key, however short": ("/download/sk_live_4eC39H", f"/download/{_R}"),
    "an issued key of fewer characters is none": ("/download/sk_live_4eC39", "/download/sk_live_4eC39"),
    "an issued key behind something": ("/download/v1-ghp_abcdef", f"/download/{_R}"),
    "a word that ends like one": ("/download/risk_live_abcdef", "/download/risk_live_abcdef"),
    "a key of the console's": ("/download/actas_abcdef", f"/download/{_R}"),
    "a key of a cloud's": ("/download/AKIA4EC39H", f"/download/{_R}"),
}
_LOOKS: Final = {
    "long, of mixed letters and digits": (f"/download/{_RANDOM}", f"/download/{_R}"),
    "in any spelling": (f"/download/{_ENCODED}", f"/download/{_R}"),
    "hexadecimal digits": ("/download/3f9a1c7be2d04856a1b2c3d4e5f60718", f"/download/{_R}"),
    "eighteen letters and digits": ("/download/a1b2c3d4e5f6g7h8i9", f"/download/{_R}"),
    "seventeen": ("/download/a1b2c3d4e5f6g7h8i", "/download/a1b2c3d4e5f6g7h8i"),
    "marks between them are not counted": ("/download/a1b2-c3d4-e5f6-g7h8", "/download/a1b2-c3d4-e5f6-g7h8"),
    "nor do they begin a run": ("/download/ab-cd-ef-gh-ij-kl-mn-op-qr-7", "/download/ab-cd-ef-gh-ij-kl-mn-op-qr-7"),
    "a run for every fourth character": ("/download/aaaaaaaa1aaaaaaaaa2A", f"/download/{_R}"),
    "fewer runs than that": ("/download/aaaaaaaa1aaaaaaaaaa2A", "/download/aaaaaaaa1aaaaaaaaaa2A"),
    "letters alone, two runs for every five": (f"/download/{'aaaBB' * 7}", f"/download/{_R}"),
    "letters alone, fewer runs than that": (f"/download/{'aaaBB' * 7}B", f"/download/{'aaaBB' * 7}B"),
    "32 letters alone": (f"/download/{'aB' * 16}", f"/download/{_R}"),
    "31 letters alone": (f"/download/{'aB' * 15}a", f"/download/{'aB' * 15}a"),
    "a title in camel case": ("/download/TheReportOfTheNorthernRegions", "/download/TheReportOfTheNorthernRegions"),
    "a JWT, also a short one": (f"/files/{_JWT}.signed", f"/files/{_R}"),
    "a JWT behind something": (f"/files/as-{_JWT}.signed", f"/files/{_R}"),
    "a UUID is an id": (f"/cases/{_UUID}/items", f"/cases/{_UUID}/items"),
    "a UUID in capitals": (f"/cases/{_UUID.upper()}", f"/cases/{_UUID.upper()}"),
    "a UUID without hyphens is none": (f"/cases/{_UUID.replace('-', '')}", f"/cases/{_R}"),
    "words and a year": (
        "/reports/how-we-answered-in-the-summer-of-2026",
        "/reports/how-we-answered-in-the-summer-of-2026",
    ),
    "a long number": ("/cases/123456789012345678901234", "/cases/123456789012345678901234"),
}
_PAIRS: Final = {
    "what stands behind = is never a name": ("/a;jsessionid=7/b", f"/a;jsessionid={_R}/b"),
    "also where nothing does": ("/a;v=/b", f"/a;v={_R}/b"),
    "what stands before = may be a secret itself": (f"/{_RANDOM}=1", f"/{_R}"),
    "also by the name in front of it": ("/invite/kqzjxwvbtr=", f"/invite/{_R}"),
    "only the first = counts": ("/a=b=c", f"/a={_R}"),
    "an encoded = is none": ("/a%3D7", "/a%3D7"),
}
_QUERIES: Final = {
    "the values of a query are not kept": ("/inbox?q=secret&page=2", "/inbox?q=&page="),
    "nor are they of telling names": ("/inbox?token=secret", "/inbox?token="),
    "a query without names is not kept": ("/inbox?eyJhbGciOi", "/inbox"),
    "nor are the parts without =": ("/inbox?secret&q=1&&also", "/inbox?q="),
    "a name that is a secret itself": (f"/inbox?{_RANDOM}=1&q=1", f"/inbox?{_R}=&q="),
    "a name that is an issued key": ("/inbox?ghp_abcdef=1", f"/inbox?{_R}="),
    "a name that is a secret in any spelling": (f"/inbox?{_ENCODED}=1", f"/inbox?{_R}="),
    "what no name has is left out of it": ("/inbox?fi;l<t>er[a-b]%20.c_d=1", "/inbox?filter[a-b]%20.c_d="),
    "a second ? is the query's": ("/inbox?a=1?b=2", "/inbox?a="),
    "at most forty names": (
        "/inbox?" + "&".join(f"n{i}=1" for i in range(50)),
        "/inbox?" + "&".join(f"n{i}=" for i in range(40)),
    ),
    "of the first forty parts, whether they have a name or not": ("/inbox?" + "&" * 39 + "a=1&b=1", "/inbox?a="),
}


def rules() -> Json:
    """The words and the pattern that the rules speak of."""
    return {"names": sorted(_BEFORE_SECRETS), "pages": sorted(_PAGES), "issued": _ISSUED.pattern}


def vectors() -> list[Json]:
    """Each address with what is kept of it."""
    groups = {
        "path": _SENT,
        "telling name": _NAMED,
        "issued key": _ISSUED_KEYS,
        "looks random": _LOOKS,
        "; and =": _PAIRS,
        "query": _QUERIES,
    }
    return [
        {"name": f"{group}: {name}", "target": sent, "path": kept}
        for group, vectors in groups.items()
        for name, (sent, kept) in vectors.items()
    ]
