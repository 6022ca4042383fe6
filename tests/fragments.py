"""Fragments of Markdown, drawn to be as awkward as people and programs can be."""

from hypothesis import strategies

_LINES = (
    # fences
    *("```", "````", "~~~", "~~~~~", "```py", "```markdown", "~~~ a`b", "``` a`b", "`code", "``", "$$"),
    # headings, and what makes or ends them
    *("# a", "## b", "### c ##", "#### d", "###### f", "#", "#hash", "#\t t", "===", "---", "-", "=", "--- ", "* * *"),
    # tables, lists, quotes
    *("| a | b |", "|---|---|", "| 1 | 2 |", "- item", "- ", "-", "*", "+ x", "1. one", "10. ten", "1) x", "- [ ] box"),
    *(
        "> quote",
        ">",
        "> > q",
        "  cont",
        "    deep",
        "\ttab",
        "- - # n",
        "> ## q",
        "text",
        "a **b** c",
        "a  ",
        "a\\",
        ":",
    ),
    # HTML
    *("<!--", "-->", "<!-- x -->", "<!-->", "<!---", "<div>", "</div>", "<details>", "<summary>x", "<b", '<a href="'),
    *("<script>", "</script>", "<pre>", "</pre>", "<PRE", "</pre", "<style>", "<textarea>", "<?php", "?>", "<![CDATA["),
    *("]]>", "<!DOCTYPE", "<x-y>", "<table><tr><td>", "<p", "- <!--", "> <div>"),
    # references, Jinja, characters that some take for line ends or blanks
    *(
        "[ref]: /url",
        "[ref]:",
        "[ref]: <",
        '[a]: b "t',
        "[^1]: note",
        "![x](",
        "<http://x",
        "&nbsp;",
        "+++",
        "**",
        "__",
    ),
    *("{{ 7*7 }}", "{% raw %}", "{% endraw %}", "{#", "\x0b", "\x0c", "\x1c", "\u2028", "\x85", "a\x0cb", "\x0b---"),
    *("\x0c# x", "\u2028# y", "\x85## z", "\ufeff", "\x00", "\xa0# x", "\r", "a\r# H", "\\"),
)
_PREFIXES = ("", "", "", " ", "   ", "    ", "  ", "\t", "- ", "> ", "1. ", "- [ ] ", "\x0b", "\u2028")


_TROUBLE = strategies.tuples(strategies.sampled_from(_PREFIXES), strategies.sampled_from(_LINES))
_NOISE = strategies.text('#-=`~<>!? \n\t|*_[]():a.1/\\"&\x0b\x0c\xa0\u2028\x85\r{}%+', max_size=10)
_DRAWN = strategies.one_of(_TROUBLE, _TROUBLE, _NOISE)


@strategies.composite
def fragments(draw: strategies.DrawFn, most: int = 12) -> str:
    """Draw up to `most` lines: known trouble, behind any prefix, and noise of the characters Markdown is made of.

    What is drawn is put together here, and not by `builds` and `map`: hypothesis would show a failing example as the
    calls that made it, which takes minutes when it is a whole SUBPLAN.
    """
    return "\n".join("".join(line) for line in draw(strategies.lists(_DRAWN, max_size=most)))
