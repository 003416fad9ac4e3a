"""What a file says of itself, read from its head by us, before any decoder sees it.

Each kind has a parser over the file's bytes that makes no pixel, follows no loop for ever and believes no length that
leaves the file. It also asks whether the file is whole as far as its structure tells, so that a scan that was cut off
is refused when it comes and not when it is shown.
"""
