"""The reasons for refusal to start from: those of the UK Parliament's site, in our words. Staff edit them later."""

from typing import NamedTuple

from django.db import transaction

from petitions.models import RejectionReason


class Reason(NamedTuple):
    """One reason: title, explanation and advice, each in English, French and Arabic."""

    code: str
    title: tuple[str, str, str]
    explanation: tuple[str, str, str]
    advice: tuple[str, str, str] = ("", "", "")
    hides: bool = False
    needs_duplicate: bool = False


REASONS = (
    Reason(
        "duplicate",
        (
            "There is already a petition about this",
            "Il existe déjà une pétition à ce sujet",
            "توجد عريضة عن هذا الموضوع",
        ),
        (
            "Another petition asks for the same. One petition with many signatures does more than several with few.",
            "Une autre pétition demande la même chose. Une seule pétition avec beaucoup de signatures pèse plus que "
            "plusieurs qui en ont peu.",
            "تطلب عريضة أخرى الشيء نفسه. وعريضة واحدة بتوقيعات كثيرة أقوى من عدة عرائض بتوقيعات قليلة.",
        ),
        (
            "Sign the other petition and share it with the people you had in mind.",
            "Signez l’autre pétition et partagez-la avec les personnes auxquelles vous pensiez.",
            "وقّع العريضة الأخرى وشاركها مع من كنت تفكر فيهم.",
        ),
        needs_duplicate=True,
    ),
    Reason(
        "irrelevant",
        (
            "It is about something we are not responsible for",
            "Cela ne relève pas de notre responsabilité",
            "تتعلق بأمر لسنا مسؤولين عنه",
        ),
        (
            "Petitions on this site ask for something that the government or the parliament can do. This one concerns "
            "somebody else, such as a company, a court, a local council or another country.",
            "Les pétitions de ce site demandent quelque chose que le gouvernement ou le parlement peut faire. Celle-ci "
            "concerne quelqu’un d’autre : une entreprise, un tribunal, une commune ou un autre pays.",
            "تطلب العرائض في هذا الموقع ما يمكن للحكومة أو البرلمان القيام به. أما هذه فتخص جهة أخرى، "
            "مثل شركة أو محكمة أو مجلس محلي أو بلد آخر.",
        ),
        (
            "Find out who decides about this, and write to them. If a law should change, start a petition that says "
            "which one.",
            "Cherchez qui en décide et écrivez-lui. Si une loi doit changer, lancez une pétition qui dit laquelle.",
            "ابحث عمن يقرر في هذا الأمر واكتب إليه. وإذا كان ينبغي تغيير قانون، فابدأ عريضة تذكر أي قانون.",
        ),
    ),
    Reason(
        "no-action",
        ("It does not say what should be done", "Elle ne dit pas ce qui doit être fait", "لا تذكر ما ينبغي فعله"),
        (
            "A petition has to ask for a clear action. We could not tell from this one what you want us to do.",
            "Une pétition doit demander une action claire. Nous n’avons pas compris ce que vous souhaitez.",
            "يجب أن تطلب العريضة فعلًا واضحًا. ولم نفهم من هذه العريضة ما تريد منا أن نفعله.",
        ),
        (
            "Start a new petition and say in its first sentence who should do what.",
            "Lancez une nouvelle pétition et dites dès la première phrase qui doit faire quoi.",
            "ابدأ عريضة جديدة واذكر في جملتها الأولى من ينبغي أن يفعل وماذا.",
        ),
    ),
    Reason(
        "already-happening",
        ("What it asks for is already happening", "Ce qu’elle demande est déjà en cours", "ما تطلبه يجري تنفيذه"),
        (
            "The government or the parliament is already doing this, or has announced that it will.",
            "Le gouvernement ou le parlement le fait déjà, ou a annoncé qu’il le ferait.",
            "تقوم الحكومة أو البرلمان بذلك الآن، أو أعلن أنه سيقوم به.",
        ),
        (
            "If it should happen in another way or sooner, start a petition that says how.",
            "Si cela doit se faire autrement ou plus tôt, lancez une pétition qui dit comment.",
            "إذا كان ينبغي أن يحدث ذلك بطريقة أخرى أو في وقت أقرب، فابدأ عريضة تقول كيف.",
        ),
    ),
    Reason(
        "honours",
        (
            "It is about an honour or an appointment",
            "Elle porte sur une distinction ou une nomination",
            "تتعلق بتكريم أو تعيين",
        ),
        (
            "Honours and appointments are decided in procedures of their own, not by petition.",
            "Les distinctions et les nominations suivent leurs propres procédures, pas celle des pétitions.",
            "يُقرَّر التكريم والتعيين بإجراءات خاصة بهما، لا بالعرائض.",
        ),
        (
            "You can nominate somebody for an honour by the official procedure.",
            "Vous pouvez proposer quelqu’un pour une distinction par la procédure officielle.",
            "يمكنك ترشيح شخص للتكريم عبر الإجراء الرسمي.",
        ),
    ),
    Reason(
        "fake-name",
        ("The creator gave no real name", "La personne n’a pas donné son vrai nom", "لم يذكر مقدّمها اسمه الحقيقي"),
        (
            "A petition is started by one person under their full name, which is shown with it.",
            "Une pétition est lancée par une personne sous son nom complet, qui est affiché.",
            "يبدأ العريضة شخص واحد باسمه الكامل، ويُعرض الاسم معها.",
        ),
        (
            "Start the petition again under your own first and last name.",
            "Relancez la pétition sous vos propres prénom et nom.",
            "ابدأ العريضة من جديد باسمك الأول واسم عائلتك.",
        ),
    ),
    Reason(
        "foi",
        ("It asks for information", "Elle demande une information", "تطلب معلومات"),
        (
            "Information that public bodies hold is asked for by a request for access, which they must answer.",
            "Les informations détenues par l’administration s’obtiennent par une demande d’accès, à laquelle elle "
            "doit répondre.",
            "تُطلب المعلومات التي لدى الهيئات العامة بطلب اطّلاع، وعليها أن تجيب عنه.",
        ),
        (
            "Send a freedom of information request to the body that holds the information.",
            "Envoyez une demande d’accès à l’information à l’organisme qui la détient.",
            "أرسل طلب الحصول على المعلومات إلى الهيئة التي لديها المعلومات.",
        ),
    ),
    Reason(
        "libellous",
        ("It may be libellous", "Elle peut être diffamatoire", "قد تكون تشهيرًا"),
        (
            "It makes claims about a person or an organisation that may be false and could harm them, or it speaks of "
            "a case that is before a court.",
            "Elle contient sur une personne ou une organisation des affirmations qui peuvent être fausses et leur "
            "nuire, ou elle parle d’une affaire en cours de jugement.",
            "تتضمن ادعاءات عن شخص أو منظمة قد تكون غير صحيحة وتلحق بهم ضررًا، أو تتحدث عن قضية معروضة على محكمة.",
        ),
        (
            "Start a petition about what should change, without claims about people.",
            "Lancez une pétition sur ce qui doit changer, sans accuser personne.",
            "ابدأ عريضة عما ينبغي تغييره، من دون ادعاءات عن أشخاص.",
        ),
        hides=True,
    ),
    Reason(
        "offensive",
        ("It is offensive", "Elle est offensante", "مسيئة"),
        (
            "It uses words that insult or threaten people, or that stir up hatred.",
            "Elle emploie des mots qui insultent, menacent ou incitent à la haine.",
            "تستعمل كلمات تهين الناس أو تهددهم، أو تحرّض على الكراهية.",
        ),
        (
            "Say what you ask for in words that you would use to a stranger’s face.",
            "Dites ce que vous demandez avec des mots que vous emploieriez en face d’un inconnu.",
            "قل ما تطلبه بكلمات تستعملها أمام شخص لا تعرفه.",
        ),
        hides=True,
    ),
    Reason(
        "advert",
        (
            "It is an advertisement or spam",
            "C’est une publicité ou un message indésirable",
            "إعلان أو رسالة غير مرغوب فيها",
        ),
        (
            "It promotes a product, a service or another site, or it is no petition at all.",
            "Elle fait la promotion d’un produit, d’un service ou d’un autre site, ou n’est pas une pétition.",
            "تروّج لمنتج أو خدمة أو موقع آخر، أو ليست عريضة أصلًا.",
        ),
        hides=True,
    ),
    Reason(
        "personal",
        ("It shows somebody’s private life", "Elle expose la vie privée de quelqu’un", "تكشف الحياة الخاصة لشخص"),
        (
            "It names a private person or gives details by which one can be found, or it is about one person’s case.",
            "Elle nomme une personne privée ou donne des détails qui permettent de la retrouver, ou elle porte sur un "
            "cas individuel.",
            "تذكر اسم شخص عادي أو تفاصيل تدل عليه، أو تتعلق بحالة شخص واحد.",
        ),
        (
            "Ask for a change that would help everybody in such a case, without naming anyone.",
            "Demandez un changement qui aiderait toutes les personnes dans ce cas, sans nommer personne.",
            "اطلب تغييرًا يساعد كل من هو في مثل هذه الحالة، من دون ذكر أسماء.",
        ),
        hides=True,
    ),
)


@transaction.atomic
def make_reasons() -> int:
    """Add the reasons that are missing, by code; how many. What staff have changed stays."""
    present = set(RejectionReason.objects.values_list("code", flat=True))
    missing = [reason for reason in REASONS if reason.code not in present]
    RejectionReason.objects.bulk_create([_row(reason) for reason in missing], ignore_conflicts=True)
    return len(missing)


def _row(reason: Reason) -> RejectionReason:
    return RejectionReason(
        code=reason.code,
        title=reason.title[0],
        title_fr=reason.title[1],
        title_ar=reason.title[2],
        explanation=reason.explanation[0],
        explanation_fr=reason.explanation[1],
        explanation_ar=reason.explanation[2],
        advice=reason.advice[0],
        advice_fr=reason.advice[1],
        advice_ar=reason.advice[2],
        hides=reason.hides,
        needs_duplicate=reason.needs_duplicate,
    )
