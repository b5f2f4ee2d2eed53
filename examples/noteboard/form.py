"""The form for a new note, and what it says about a draft that will not do."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from draft import COLOURS, LONGEST
from pages import page

if TYPE_CHECKING:
    from draft import Draft


def form(draft: Draft) -> str:
    """The page with the form, filled in as the draft has it."""
    fields = "\n".join(
        [
            field(draft, "title", "Title", f'<input required value="{escape(draft.title)}"'),
            field(draft, "text", "Text", '<textarea required rows="7"', f">{escape(draft.text)}</textarea>"),
            field(draft, "author", "Your name", f'<input autocomplete="name" value="{escape(draft.author)}"'),
            f"<fieldset><legend>Paper</legend>{swatches(draft.colour)}{problem(draft, 'colour')}</fieldset>",
            field(draft, "picture", "A picture, if you like, of up to 2 MB", '<input type="file" accept="image/*"'),
        ]
    )
    alert = '<p class="alert" role="alert">Not quite: please see to what is marked.</p>\n' if draft.problems else ""
    return page(
        "Pin a note",
        f"""<h1>Pin a note</h1>
{alert}<form class="sheet" method="post" action="/new" enctype="multipart/form-data">
{fields}
<p class="buttons"><button>Pin it</button><a href="/">Never mind</a></p>
</form>
""",
    )


def field(draft: Draft, name: str, label: str, control: str, end: str = ">") -> str:
    """A control with its label, its limit, and what is wrong with it. control: the beginning of its tag."""
    limit = f' maxlength="{LONGEST[name]}"' if name in LONGEST else ""
    wrong = f' aria-invalid="true" aria-describedby="{name}-problem"' if name in draft.problems else ""
    tag = f'{control} id="{name}" name="{name}"{limit}{wrong}{end}'
    return f'<div class="field"><label for="{name}">{label}</label>{tag}{problem(draft, name)}</div>'


def problem(draft: Draft, name: str) -> str:
    """What is wrong with a field, if anything."""
    said = draft.problems.get(name)
    return f'<p class="problem" id="{name}-problem">{escape(said)}</p>' if said else ""


def swatches(chosen: str) -> str:
    """The colours to choose from."""
    choices = "".join(
        f'<label><input type="radio" name="colour" value="{colour}" class="{colour}"'
        f"{' checked' if colour == chosen else ''}>{colour}</label>"
        for colour in COLOURS
    )
    return f'<div class="swatches">{choices}</div>'
