"""Answers that only the demo gives, to petitions made for it: what they say, when, and what signers thought of them."""

from dataclasses import dataclass

from config.management.demo_office import Words


@dataclass(frozen=True)
class Answered:
    """An answer and its petitions. Days are counted back from today; ``votes`` are yes, partly and no."""

    department: str
    language: str
    asked: tuple[tuple[str, str], ...]  # title and ask of each petition that it answers
    opened: int
    crossed: int
    words: tuple[Words, ...]
    answered: int = 0  # 0: it is cleared, and goes live on a day ahead
    votes: tuple[int, int, int] = (0, 0, 0)
    closed: int = 0
    signers: int = 4


DETAIL = {
    "en": "This petition was made for the demonstration of this site, and so was its answer.",
    "fr": "Cette pétition a été créée pour la démonstration de ce site, et sa réponse aussi.",
}
ANSWERED = (
    Answered(
        "DEFRA",
        "en",
        (
            (
                "Demo: Open school playgrounds at weekends",
                "We ask that school playgrounds are open to everybody on Saturdays and Sundays.",
            ),
            (
                "Demo: Let families use schoolyards on Saturdays",
                "We ask that schoolyards are unlocked for families on Saturdays.",
            ),
        ),
        opened=215,
        crossed=110,
        words=(
            Words(
                "en",
                "School playgrounds will be open on Saturdays",
                "From May school playgrounds are open on Saturdays. Sundays follow if the first year goes well.",
                "Yes, for Saturdays. Schools get the costs of a caretaker back. Sundays are looked at again in a year.",
                "The rules are out in March. We report on this page after the first year.",
            ),
            Words(
                "fr",
                "Les cours d’école ouvriront le samedi",
                "À partir de mai, les cours d’école ouvrent le samedi. Le dimanche suivra si l’essai réussit.",
                "Oui, pour le samedi. Les écoles sont remboursées du gardiennage. Le dimanche sera revu après un an.",
                "Les règles paraissent en mars. Nous en rendrons compte ici après la première année.",
            ),
        ),
        answered=88,
        votes=(16, 5, 3),
        signers=24,
    ),
    Answered(
        "HMT",
        "en",
        (("Demo: Make school meals free for all", "We ask that every child gets a free meal at school."),),
        opened=214,
        crossed=95,
        words=(
            Words(
                "en",
                "School meals and what they cost",
                "School meals stay as they are. Families with a low income go on getting them free.",
                "No decision is planned. The costs were looked at three years ago.",
                "We will look at the costs again when the next budget is made.",
            ),
        ),
        answered=54,
        votes=(4, 5, 15),
        signers=24,
    ),
    Answered(
        "DEFRA",
        "fr",
        (
            (
                "Démonstration : planter des arbres le long des rues",
                "Nous demandons que chaque rue de plus de dix mètres de large ait des arbres.",
            ),
        ),
        opened=216,
        crossed=140,
        words=(
            Words(
                "fr",
                "Dix mille arbres le long des rues",
                "Dix mille arbres seront plantés en trois ans. Les villes choisissent les rues.",
                "Oui, là où le sol le permet. Les villes reçoivent la moitié des frais.",
                "Les premiers arbres sont plantés cet hiver.",
            ),
            Words(
                "en",
                "Ten thousand trees along the streets",
                "Ten thousand trees are planted within three years. Towns choose the streets.",
                "Yes, where the ground allows it. Towns get half of the costs back.",
                "The first trees are planted this winter.",
            ),
        ),
        answered=119,
        closed=60,
    ),
    Answered(
        "HMT",
        "en",
        (
            (
                "Demo: Print the price of a kilo on every shelf",
                "We ask that shops show the price of a kilo or a litre in letters that can be read.",
            ),
        ),
        opened=190,
        crossed=14,
        words=(
            Words(
                "en",
                "Prices by the kilo will be easier to read",
                "Shops will print the price of a kilo in letters of at least six millimetres.",
                "Yes. The rule on price labels is changed for shops of more than 280 square metres.",
                "The rule is in force a year after it is made.",
            ),
        ),
    ),
)
# What came of the first answer, and of the hearing on it.
HEARD = {
    "en": "Demo: the committee on education heard the people who started this petition, and schools.",
    "fr": "Démonstration : la commission de l’éducation a entendu les auteurs de la pétition et des écoles.",
}
CHANGED = {
    "en": "Demo: the rules for schools now name Saturdays as open days.",
    "fr": "Démonstration : les règles des écoles prévoient désormais l’ouverture le samedi.",
}
