import JSONSchemas

/// A figure that a program makes: it reads items and prints one number a line.
struct CustomFigure {
    let name: String
    let items: [ScoredItem]

    /// What the program reads: `{"id", "answer", "gold"}` a line; an item without an answer has none.
    var input: String {
        items.map { item in
            var object = JSONObject([("id", .string(item.id))])
            if let answer = item.answer { object["answer"] = answer }
            object["gold"] = item.gold
            return JSONValue.object(object).serialized(.compact) + "\n"
        }.joined()
    }

    /// The figure from what the program printed: for each item, in order, its part from 0 to 1, or `null` where the item
    /// says nothing about this figure.
    ///
    /// - Throws: `SuiteError` for anything else.
    func score(printed text: String) throws(SuiteError) -> Score {
        let lines = text.split(separator: "\n")
        guard lines.count == items.count else {
            throw SuiteError(
                "Can't score `\(name)`: its command printed \(lines.count) lines for \(items.count) items.")
        }
        var values: [Double] = []
        var judged: [ScoredItem] = []
        for (item, line) in zip(items, lines) {
            let value = try? JSONValue(parsing: String(line))
            if value?.isNull == true { continue }
            guard let part = value?.doubleValue, (0...1).contains(part) else {
                throw SuiteError(
                    "Can't score `\(name)`: its command printed `\(line.prefix(40))` for `\(item.id)`, which is neither a "
                        + "number from 0 to 1 nor null.")
            }
            values.append(part)
            judged.append(item)
        }
        return Score(name: name, items: judged, values: values)
    }
}
