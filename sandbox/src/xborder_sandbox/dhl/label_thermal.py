"""Labels in the languages of thermal printers: ZPL II, and EPL2 (which LP2 is another name of)."""

from __future__ import annotations

from dataclasses import dataclass

from xborder_sandbox.dhl.label_data import LabelData, LabelPiece
from xborder_sandbox.dhl.templates import Template
from xborder_sandbox.letters import latin

# printerDPI 200 means the usual 203 dpi head, 8 dots per mm; 300 has 11.8, which printers call 12.
_DOTS_PER_MM = {200: 8, 300: 12}


@dataclass(frozen=True)
class _Row:
    """A text or a barcode on the label; all in millimetres from the top left."""

    x: float
    y: float
    height: float
    content: str
    is_barcode: bool = False


def label_zpl(label: LabelData, template: Template, dpi: int) -> list[bytes]:
    """Return a ZPL II format per piece."""
    return [_zpl(_label_rows(label, piece, template), template, dpi) for piece in label.pieces]


def waybill_zpl(label: LabelData, template: Template, dpi: int) -> bytes:
    """Return the waybill document as ZPL II."""
    return _zpl(_waybill_rows(label), template, dpi)


def label_epl(label: LabelData, template: Template, dpi: int) -> list[bytes]:
    """Return an EPL2 form per piece."""
    return [_epl(_label_rows(label, piece, template), template, dpi) for piece in label.pieces]


def waybill_epl(label: LabelData, template: Template, dpi: int) -> bytes:
    """Return the waybill document as EPL2."""
    return _epl(_waybill_rows(label), template, dpi)


def _label_rows(label: LabelData, piece: LabelPiece, template: Template) -> list[_Row]:
    press = template.size[1] / 200
    to = label.receiver
    texts = [
        (3, 3, 6, f"{label.product_name}  {label.content_code}"),
        (3, 10, 2.6, f"{label.made_on.isoformat()} MyDHL API sandbox - SIMULATED"),
        *((12.0, 14 + row * 3, 2.6, line) for row, line in enumerate(label.shipper.lines[:6])),
        (78, 14, 6, label.origin),
        *((12.0, 34 + row * 4.6, 4.2, line) for row, line in enumerate([*to.lines[:-2][:5], to.place, to.country])),
        (15, 66, 9, label.routing),
        (3, 76, 5, label.features),
        (3, 83, 3.4, f"Ref No: {label.reference}"),
        (3, 87, 3, f"Content : {piece.content}"),
        (60, 83, 5, piece.weight),
        (84, 83, 5, f"{piece.number}/{piece.of}"),
        (30, 114, 3.6, f"WAYBILL {label.spaced_waybill}"),
        (26, 150, 3.2, label.spaced_routing),
        (20, 192, 3.2, piece.spaced),
    ]
    codes = [(8, 97, 15, label.waybill), (8, 120, 28, label.routing_barcode), (8, 158, 32, piece.barcode)]
    return [
        *(_Row(x, y * press, height * press**0.5, text) for x, y, height, text in texts if text),
        *(_Row(x, y * press, height * press, code, is_barcode=True) for x, y, height, code in codes),
    ]


def _waybill_rows(label: LabelData) -> list[_Row]:
    lines = [
        "*WAYBILL DOC*",
        "Not to be attached to package - Hand to Courier",
        "Shipper :",
        *label.shipper.lines,
        "Receiver :",
        *label.receiver.lines,
        f"[{label.product_code}] {label.product_name}",
        f"Ref No: {label.reference}",
        f"Pieces {len(label.pieces)}",
        f"WAYBILL {label.spaced_waybill}",
    ]
    rows = [_Row(4, 4 + index * 4.4, 3.4, line) for index, line in enumerate(lines) if line]
    return [*rows, _Row(8, 8 + len(lines) * 4.4, 15, label.waybill, is_barcode=True)]


def _zpl(rows: list[_Row], template: Template, dpi: int) -> bytes:
    dots = _DOTS_PER_MM[dpi]
    width, height = (round(side * dots) for side in template.size)
    commands = ["^XA", "^CI28", f"^PW{width}", f"^LL{height}", "^LH0,0"]
    for row in rows:
        at = f"^FO{round(row.x * dots)},{round(row.y * dots)}"
        tall = max(round(row.height * dots), 10)
        if row.is_barcode:
            commands.append(f"{at}^BY{3 * dots // 8}^BCN,{tall},N,N,N,A^FD{row.content}^FS")
        else:
            commands.append(f"{at}^A0N,{tall},{tall * 8 // 10}^FH_^FD{_zpl_text(row.content)}^FS")
    commands.append("^XZ")
    return ("\n".join(commands) + "\n").encode()


def _zpl_text(text: str) -> str:
    # ^ and ~ start commands, _ starts a hex code after ^FH_.
    return "".join(f"_{ord(letter):02X}" if letter in "^~_" else letter for letter in latin(text))


def _epl(rows: list[_Row], template: Template, dpi: int) -> bytes:
    dots = _DOTS_PER_MM[dpi]
    width, height = (round(side * dots) for side in template.size)
    # I8,A,001: 8-bit data, code page Windows 1252.
    commands = ["", "N", f"q{width}", f"Q{height},24", "I8,A,001"]
    for row in rows:
        x, y = round(row.x * dots), round(row.y * dots)
        if row.is_barcode:
            narrow = 3 * dots // 8
            commands.append(f'B{x},{y},0,1,{narrow},{narrow},{round(row.height * dots)},N,"{row.content}"')
        else:
            font = min(max(round(row.height), 1), 5)
            text = latin(row.content).replace("\\", "\\\\").replace('"', '\\"')
            commands.append(f'A{x},{y},0,{font},1,1,N,"{text}"')
    commands.append("P1")
    return ("\n".join(commands) + "\n").encode("cp1252")
