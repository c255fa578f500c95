"""Reads {"width": W, "books": [...]} from standard input and prints how many shelves the books fill."""
import json
import sys


def shelves(width, books):
    if any(book > width for book in books):
        sys.exit("a book is wider than a shelf")
    count = 1 if books else 0
    room = width
    for book in books:
        if book >= room:
            count += 1
            room = width
        room -= book
    return count


case = json.load(sys.stdin)
print(shelves(case["width"], case["books"]))
