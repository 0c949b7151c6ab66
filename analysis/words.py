"""Words that say nothing of what a customer wants, in the languages of the demo and of most shops nearby."""

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

_GERMAN = """
ab aber alle allem allen aller alles als also am an ander andere auch auf aus bei beim bin bis bitte bist da damit
dann das dass dein deine dem den denn der des dich die dies diese diesem diesen dieser dieses dir doch dort du durch
ein eine einem einen einer eines er es etwas euch euer eure für fuer gegen gewesen hab habe haben hat hatte hier hin
ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jede jedem jeden jeder jetzt kann kein keine können
koennen man mein meine meinem meinen meiner mich mir mit muss nach nicht nichts noch nun nur ob oder ohne schon sehr
sein seine seit sich sie sind so soll sollte sondern um und uns unser unsere unter vom von vor war waren warum was
wegen weil welche wenn wer werden wie wieder will wir wird wo wurde zu zum zur über ueber
"""
POLITE = frozenset(
    {"hello", "hi", "dear", "thanks", "thank", "hallo", "guten", "tag", "danke", "liebe", "fwd", "wg", "aw"}
)
STOP_WORDS = sorted(ENGLISH_STOP_WORDS | set(_GERMAN.split()) | POLITE)
