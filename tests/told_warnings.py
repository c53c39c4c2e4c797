"""What is warned of while a function runs."""

from __future__ import annotations

import warnings


def warned(function, *args, about="", **kwargs):
    """Call a function; return the messages of its warnings that hold some words."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function(*args, **kwargs)
    messages = [str(warning.message) for warning in caught]
    return [message for message in messages if about in message]
