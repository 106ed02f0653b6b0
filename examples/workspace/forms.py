"""What a page's form sends."""

from urllib.parse import parse_qs

from starlette.requests import Request


async def fields(request: Request) -> dict[str, str]:
    """The fields of a submitted form, each once; a form in another encoding has none."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        found = parse_qs(body, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}
