"""The listener's page: a card for each scene, to be judged by a person. No script, no network."""

from html import escape
from pathlib import Path
from string import Template

from sleepsync.preview.making import Made
from sleepsync.preview.words import length
from sleepsync.report.palette import DARK, LIGHT, css_variables
from sleepsync.scenes import USES

_TEMPLATE = Path(__file__).with_name("listen.html")
_CARD = """<article id="{slug}">
<header><h2>{name}</h2><p class="facts">{facts}</p></header>
<p class="about">{about}</p>
<div class="body">{ring}<div class="sound">{sound}<p class="figures">{figures}</p>
<details><summary>Over time</summary><img src="{slug}.png" alt="{name} over time"></details>
</div></div>
</article>"""
_FIGURES = (
    ("photopic_lx", "at most {:.3g} lx at the eye"),
    ("melanopic_lx", "{:.2g} lx melanopic"),
    ("loudest_dba", "{:.0f} dBA at the pillow"),
    ("touch", "touch {:.0f} of 127"),
)


def write_page(made: list[Made], out: Path) -> Path:
    """Write index.html beside what it shows."""
    template = Template(_TEMPLATE.read_text(encoding="utf-8"))
    page = out / "index.html"
    names = (f'<a href="#{_slug(each)}">{escape(each.scene.name)}</a>' for each in made)
    page.write_text(
        template.substitute(
            light=css_variables(LIGHT),
            dark=css_variables(DARK),
            names="".join(names),
            cards="\n".join(map(_card, made)),
        ),
        encoding="utf-8",
    )
    return page


def _slug(made):
    return made.scene.name.replace(" ", "_")


def _card(made: Made) -> str:
    scene, slug = made.scene, _slug(made)
    use = next(name for name, number in USES.items() if number == scene.use)
    kinds = {path.suffix: words for path, words in made.files.items()}
    player = f'<audio controls preload="none" src="{slug}.wav"></audio>'
    how = f'<p class="how">{escape(kinds.get(".wav", ""))}</p>'
    picture = f'<img class="ring" src="{slug}.gif" alt="{escape(kinds.get(".gif", ""))}">'
    return _CARD.format(
        slug=slug,
        name=escape(scene.name),
        about=escape(scene.about),
        facts=f"{scene.number} · {use} · {length(scene.length_s)}",
        ring=picture if ".gif" in kinds else "",
        sound=player + how if ".wav" in kinds else '<p class="how">without a sound</p>',
        figures=escape(", ".join(_figures(made.figures))),
    )


def _figures(figures):
    return [words.format(figures[name]) for name, words in _FIGURES if figures[name] > 0]
