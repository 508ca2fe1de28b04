"""Tables of lists as strangers write them."""

import pytest

from hueandcry.picture.mse.table import MAX_COLUMNS, BadTable, Table, read

PLAIN = Table(("A", "B", "C"), {0b001: 5, 0b110: 2})


@pytest.mark.parametrize(
    "text",
    [
        "A,B,C,count\n1,0,0,5\n0,1,1,2\n",
        "\ufeffA;B;C;Freq\n1;0;0;5\n0;1;1;2\n",
        '"A"\t"B"\t"C"\t"FREQUENCY"\n1.0\t0.0\t0.0\t5.0\n0\t1\t1\t2\n',
        "A|B|C|count\r\ntrue|false|False|5\r\nFALSE|TRUE|TRUE|2\r\n",
        "A;B;C;count\n1,0;0,0;0,0;5,0\n0;1;1;2\n",
        '"","A","B","C","count"\n"1",1,0,0,5\n"2",0,1,1,2\n',
        "A,B,C,count\n1,0,0,3\n1,,0,2\n0,1,1,2\n0,1,0,0\n",
        "A,B,C\n" + 5 * "1,0,0\n" + 2 * "0,1,1\n",
        '{"columns": ["A", "B", "C", "count"], "rows": [[1.0, 0.0, 0.0, 5.0], [0, 1, 1, 2]]}',
        '[{"A": true, "count": 5}, {"B": 1, "C": 1, "count": 2}]',
    ],
)
def test_one_table_however_it_is_written(text):
    held = read(text.encode())
    assert dict(zip(held.lists, range(9), strict=False)).keys() == {"A", "B", "C"}
    order = [held.lists.index(name) for name in PLAIN.lists]
    turned = {sum((h >> at & 1) << new for new, at in enumerate(order)): n for h, n in held.counts.items()}
    assert turned == PLAIN.counts


def test_utf_16_and_those_on_no_list_are_passed_over_with_a_word():
    held = read("A,B,C,count\n1,0,0,5\n0,1,1,2\n0,0,0,7\n".encode("utf-16"))
    assert held.counts == PLAIN.counts
    assert "7 on no list" in held.notes[0]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("A,B,count\n1,0,-3\n", "row 2, column count"),
        ("A,B,count\n1,0,3\n1,1,2.5\n", "row 3, column count"),
        ("A,B,count\n1,2,3\n", "row 2, column B"),
        ("A,B,count\n1,0,1e300\n", "row 2, column count"),
        ("A,B,count,freq\n1,0,1,1\n", "two columns of counts"),
        ("A,A,count\n1,0,1\n", "two columns are named"),
        ("A,B\n1,0\n1,0,1,1\n", "row 3"),
        ("A,B\n\n\n1,0\n\n1,2\n", "row 6, column B"),
        ("", "empty"),
        ("{", "not JSON"),
        ("[[[[", "not JSON"),
        ('{"a": 1}', "JSON holds"),
        ("\0\0\0", "not text"),
        (",".join(f"c{at}" for at in range(MAX_COLUMNS + 1)) + "\n", "columns"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place_in_one_line(text, where):
    with pytest.raises(BadTable) as told:
        read(text.encode())
    assert where in str(told.value)
    assert "\n" not in str(told.value)


def test_a_list_with_nobody_on_it_is_left_out():
    assert Table(("A", "B", "C"), {0b001: 5, 0b101: 2}).kept() == Table(("A", "C"), {0b01: 5, 0b11: 2})
