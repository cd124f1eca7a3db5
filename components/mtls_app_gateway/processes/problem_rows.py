"""The catalogue's rows about files and folders of this machine."""

from ..problems import Row

CANNOT_WRITE = Row(
    code="cannot-write",
    demands="A file or folder that is to be written can be written.",
    source="the operating system, whose reason is shown",
    remedy="Free disk space, or name a place that can be written.",
)

FOLDER_NOT_PRIVATE = Row(
    code="folder-not-private",
    demands="A folder for private keys belongs to this user, is no link, and only this user can write in it.",
    source="this product's own decision: another user could replace keys in it, or read them through a link",
    remedy="Name an empty folder of your own, or one that does not exist.",
)
