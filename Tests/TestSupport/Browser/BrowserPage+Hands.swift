import JSONSchemas

extension BrowserPage {
    /// Presses the mouse on the one element that a CSS selector names, the way a person does: where it can be seen and
    /// nothing lies over it.
    package func click(_ selector: String) async throws {
        let place = try await evaluate(
            """
            (() => {
              const all = document.querySelectorAll(\(Self.literal(selector)));
              if (all.length !== 1) return 'there are ' + all.length;
              const element = all[0];
              element.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
              const box = element.getClientRects()[0];
              if (!box || !box.width || !box.height) return 'it has no size';
              const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
              const top = document.elementFromPoint(x, y);
              if (!top || !(element.contains(top) || top.contains(element)))
                return 'something lies over it: ' + (top && top.outerHTML.slice(0, 200));
              return [x, y];
            })()
            """)
        guard let x = place[0], let y = place[1] else {
            throw BrowserFailure("Can't click on `\(selector)`: \(place.stringValue ?? place.serialized()).")
        }
        for (type, count) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 1)] {
            try await send(
                "Input.dispatchMouseEvent",
                [
                    "type": .string(type), "x": x, "y": y, "button": count == 0 ? "none" : "left",
                    "buttons": .integer(type == "mousePressed" ? 1 : 0), "clickCount": .integer(count),
                ])
        }
    }

    /// Puts a text into the one field that a CSS selector names, in place of what is there.
    package func type(_ text: String, into selector: String) async throws {
        let found = try await evaluate(
            """
            (() => {
              const all = document.querySelectorAll(\(Self.literal(selector)));
              if (all.length === 1) { all[0].focus(); all[0].select?.() }
              return all.length;
            })()
            """)
        guard found == 1 else {
            throw BrowserFailure("Can't type into `\(selector)`: there are \(found.serialized()).")
        }
        try await send("Input.insertText", ["text": .string(text)])
    }

    /// Presses a key: a character, or `Tab`, `Enter`, `Escape`, `Space`, `ArrowDown` and the like.
    package func press(_ key: String, shift: Bool = false) async throws {
        let named: [String: (code: String, number: Int, text: String?)] = [
            "Tab": ("Tab", 9, nil), "Enter": ("Enter", 13, "\r"), "Escape": ("Escape", 27, nil),
            "Space": ("Space", 32, " "), "ArrowUp": ("ArrowUp", 38, nil), "ArrowDown": ("ArrowDown", 40, nil),
            "Home": ("Home", 36, nil), "End": ("End", 35, nil), "PageDown": ("PageDown", 34, nil),
        ]
        let upper = key.uppercased()
        let letter = ("Key" + upper, Int(upper.utf8.first ?? 0), Optional(key))
        let (code, number, text) = named[key] ?? letter
        var down = JSONObject([
            ("type", text == nil ? "rawKeyDown" : "keyDown"), ("key", .string(key == "Space" ? " " : key)),
            ("code", .string(code)), ("windowsVirtualKeyCode", .integer(number)),
            ("modifiers", .integer(shift ? 8 : 0)),
        ])
        if let text { down["text"] = .string(text) }
        try await send("Input.dispatchKeyEvent", .object(down))
        down["type"] = "keyUp"
        _ = down.removeValue(forKey: "text")
        try await send("Input.dispatchKeyEvent", .object(down))
    }

    /// A text as a literal of JavaScript.
    package static func literal(_ text: String) -> String { JSONValue.string(text).serialized() }
}
