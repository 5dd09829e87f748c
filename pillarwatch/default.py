"""Texts that a template does not state: defaults of parameters and of AWS."""

from __future__ import annotations


class Default(str):
    """A text that a template does not state: a parameter's default, or AWS's. The annotation names the source."""

    __slots__ = ("parameter", "source")
    parameter: str  #: empty where it is AWS's default
    source: str  #: as the annotation names it

    @classmethod
    def of(cls, parameter: str, value: str) -> Default:
        """The default ``value`` of ``parameter``."""
        text = cls(value)
        text.parameter, text.source = parameter, f"default of parameter {parameter}"
        return text

    @classmethod
    def of_aws(cls, value: str, what: str) -> Default:
        """The ``value`` that AWS sets; ``what`` completes "default of AWS", e.g. ``since April 2023``."""
        text = cls(value)
        text.parameter, text.source = "", f"default of AWS {what}".rstrip()
        return text
