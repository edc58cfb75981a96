"""Stems, by Snowball. A word is stemmed then folded and folded then stemmed: either may be the one that two spellings share."""

import re
import threading
from collections import defaultdict
from functools import cache

import Stemmer

from .folding import fold, lowered, words_alone

SNOWBALL = {
    "fr": "french",
    "en": "english",
    "es": "spanish",
    "it": "italian",
    "de": "german",
    "pt": "portuguese",
    "ar": "arabic",
    "tr": "turkish",
    "nl": "dutch",
    "ca": "catalan",
    "da": "danish",
    "el": "greek",
    "eu": "basque",
    "fi": "finnish",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "lt": "lithuanian",
    "no": "norwegian",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
}
KEPT_MOST = 60_000  # words of one language whose stems are remembered
LONGEST = 64  # characters of a word: what is longer is no word, and is kept by its beginning
_PLURAL_S = frozenset({"fr", "es", "pt"})  # what Snowball leaves on short words
_PORTUGUESE = [
    (re.compile(ending), singular)
    for ending, singular in (("(ões|ães|ãos|oes|aes|aos|ao)$", "ão"), ("(?<=..)ais$", "al"), ("(?<=..)ens$", "em"))
]
# Arabic plurals that change the inside of a word, of the things cities speak of: folded plural → folded singular.
_BROKEN = dict(
    pair.split("/")
    for line in (
        "مدن/مدينه مدارس/مدرسه اشجار/شجره حقوق/حق اطفال/طفل نساء/امراه رجال/رجل شباب/شاب احياء/حي شوارع/شارع مجالس/مجلس",
        "قوانين/قانون مشاريع/مشروع مبادي/مبدا اهداف/هدف خطط/خطه برامج/برنامج وثايق/وثيقه رسايل/رساله صحف/صحيفه",
        "اخبار/خبر بيوت/بيت منازل/منزل مساكن/مسكن مراكز/مركز حدايق/حديقه ساحات/ساحه مياه/ماء انهار/نهر بلدان/بلد",
        "دول/دوله لغات/لغه ثقافات/ثقافه سكان/ساكن عمال/عامل اعمال/عمل تجارب/تجربه شبكات/شبكه مواثيق/ميثاق بنود/بند",
        "مواد/ماده جسور/جسر سياسات/سياسه مهاجرين/مهاجر قضايا/قضيه حلول/حل",
    )
    for pair in line.split()
)
_here = threading.local()

# Words that carry no meaning of their own, folded: a question need not meet them, an answer need not hold them.
SMALL = {
    language: frozenset(words.split())
    for language, words in {
        "fr": "le la les un une des du de d l a au aux et ou en dans par pour sur avec sans ce cet cette ces il elle ils elles "
        "on nous vous je tu me te se que qui quoi dont est sont son sa ses leur leurs ne pas plus y",
        "en": "the a an of and or to in on at by for from with without is are was were be been it its this that these those we "
        "you i he she they our your their his her as not do does how what which who",
        "es": "el la los las un una unos unas de del al a y e o u en por para con sin es son se su sus lo le les que como este "
        "esta estos estas no mas nos yo tu",
        "it": "il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla in nel "
        "nella nei nelle con su sul sulla per tra fra e ed o che chi non si e sono suo sua suoi loro come",
        "de": "der die das den dem des ein eine einen einem einer eines und oder in im an am auf bei mit von vom zu zum zur fur "
        "aus nach uber um ist sind es sie er wir ihr ich nicht sich auch als wie was wer",
        "pt": "o a os as um uma uns umas de do da dos das ao aos a e ou em no na nos nas por pelo pela para com sem se que como "
        "seu sua seus suas nao e sao este esta isto",
        "ar": "في من الي علي عن مع و او ان هذا هذه ذلك التي الذي ما لا هو هي كل ب ل",
    }.items()
}


def _stemmer(language: str):
    """One stemmer a thread: a Snowball stemmer is not to be shared."""
    kept = getattr(_here, "stemmers", None)
    if kept is None:
        kept = _here.stemmers = {}
    if language not in kept:
        kept[language] = Stemmer.Stemmer(SNOWBALL[language], 0)
    return kept[language]


class Known(dict[str, tuple[str, ...]]):
    """word → stems in one language, worked out when first asked for: looking a word up costs no call.

    `words` is the other way round: stem → the words here that have it. It is filled after and emptied before, so that no thread
    leaves a word here for good that it does not know.
    """

    def __init__(self, language: str):
        super().__init__()
        self.language = language
        self.words: defaultdict[str, list[str]] = defaultdict(list)

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= KEPT_MOST:
            self.words.clear()
            self.clear()
        found = self[word] = _worked_out(word, self.language)
        for stem in found:
            self.words[stem].append(word)
        return found


@cache
def known(language: str) -> Known:
    """What is known of a language's words here."""
    return Known(language)


def stems(word: str, language: str) -> tuple[str, ...]:
    """The stems of a word in a language, one or two, the folded word's first; without Snowball's help, the folded word.

    Empty for what has no letter left once it is folded.
    """
    return known(language)[word[:LONGEST]]


def _worked_out(word: str, language: str) -> tuple[str, ...]:
    if not word.isascii():
        word = word.encode("utf-8", "ignore").decode()  # half a character is none, and Snowball would not have it
    plain = fold(word, language)
    if not plain:
        return ()
    if language not in SNOWBALL:
        return (plain,)
    late = fold(_stem(_bare(plain, language), language), language) or plain
    if word.isascii():
        return (late,)
    early = fold(_stem(lowered(word, language), language), language)
    return (late,) if not early or late == early else (late, early)


def _stem(word: str, language: str) -> str:
    """Snowball's stem, helped where it parts a plural from its singular: ciudades, ações, jornais, años, élus, lieux, مدينتين."""
    if language == "pt":
        for ending, singular in _PORTUGUESE:
            word = ending.sub(singular, word)
    stemmer = _stemmer(language)
    stem = stemmer.stemWord(stemmer.stemWord(word))  # ciudades → ciudad → ciud, as ciudad does at once
    if language in _PLURAL_S and len(stem) >= 4 and stem[-1] in "sx" and stem[-2] != "s":
        stem = stem[:-1]
    return stem


def _bare(word: str, language: str) -> str:
    """A folded Arabic word without its article, with or without a particle before it, and in the singular where we know it."""
    if language == "ar":
        for article in ("وال", "بال", "كال", "فال", "لل", "ال"):
            if word.startswith(article) and len(word) - len(article) >= 3:
                word = word[len(article) :]
                break
        return _BROKEN.get(word, word)
    return word


def is_small(word: str, language: str) -> bool:
    """Whether the word carries no meaning of its own in this language."""
    return fold(word, language) in SMALL.get(language, ())


def stemmed(text: str, language: str) -> tuple[list[str], list[str]]:
    """A text as its stems: (one for every word, in order; the second stems of those words that have two).

    What folds to nothing keeps its place as "0", so that neighbours stay neighbours.
    """
    words = known(language)
    found = [words[word[:LONGEST]] for word in words_alone(text)]
    return [each[0] if each else "0" for each in found], [each[1] for each in found if len(each) > 1]
