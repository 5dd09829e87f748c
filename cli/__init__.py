"""The commands of ``pillarwatch``: arguments in, text out. One module for each command.

It runs on a laptop or in CI. It may import every folder, and no folder imports it.
"""
