"""What the commands share that take files or URLs."""

from typing import Any

import click

from jwstprod_check.storage.backends import is_url


class FileOrUrl(click.Path):
    """A file that exists, or the URL of a remote one, which is opened to find out."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a URL as it is."""
        if isinstance(value, str) and is_url(value):
            return value
        return super().convert(value, param, ctx)


def _without_credentials(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        from jwstprod_check.storage.client import anonymous

        ctx.with_resource(anonymous())


anonymous_option = click.option(
    "--anonymous",
    is_flag=True,
    expose_value=False,
    callback=_without_credentials,
    help="Read buckets without the credentials of the environment.",
)
"""The option that leaves credentials unused while a command runs."""
