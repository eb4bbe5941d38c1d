"""Why a price file is refused as a whole. Nothing of it is used then."""


class Unreadable(Exception):
    """It is another kind of file, or breaks off, or breaks the rules of its format.

    The text says what is wrong, where (a line, or a byte of the text that was unpacked), and what to do.
    """
