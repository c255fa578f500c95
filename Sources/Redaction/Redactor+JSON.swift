public import JSONSchemas

/// Where a known secret of letters, `_`, `-` and `.` alone stays: it is an ordinary word, and may be a name.
package enum SparedWords: Sendable {
    case nowhere
    /// In the names of members.
    case inNames
    /// In names and in strings.
    case everywhere
}

extension Redactor {
    /// `value` with every finding in its strings and in the keys of its objects replaced.
    ///
    /// A string under a key such as `password` is looked at as what the key says it is. A number all of whose digits are a
    /// card's, a known secret or what a pattern matches becomes a string. Two keys that become alike are told apart by `#2`.
    public func redact(_ value: JSONValue, tally: inout RedactionTally) -> JSONValue {
        changed(value, sparing: .nowhere, tally: &tally) ?? value
    }

    /// `value` with every finding replaced.
    public func redact(_ value: JSONValue) -> JSONValue {
        var tally = RedactionTally()
        return redact(value, tally: &tally)
    }

    /// Whether something in `value` would be replaced.
    public func finds(in value: JSONValue) -> Bool {
        var tally = RedactionTally()
        return changed(value, sparing: .nowhere, tally: &tally) != nil
    }

    /// `value`, which is the member `name` of something, after a change; nil where there is none.
    package func changed(
        _ value: JSONValue, under name: String = "", sparing words: SparedWords, tally: inout RedactionTally
    ) -> JSONValue? {
        changed(value, words, isUnderKeyWord: Self.isKeyWord(name), tally: &tally)
    }

    /// The value after a change; nil where there is none, which is nearly always, so that nothing is copied.
    private func changed(
        _ value: JSONValue, _ words: SparedWords, isUnderKeyWord: Bool, tally: inout RedactionTally
    ) -> JSONValue? {
        switch value {
        case .null, .bool: return nil
        case .integer(let number): return changed(number, tally: &tally).map { .string($0) }
        case .number(let number): return changed(number, tally: &tally).map { .string($0) }
        case .string(let text):
            return changed(text, words, isUnderKeyWord: isUnderKeyWord, tally: &tally).map { .string($0) }
        case .array(let elements):
            var result: [JSONValue]?
            for (index, element) in elements.enumerated() {
                guard let new = changed(element, words, isUnderKeyWord: isUnderKeyWord, tally: &tally)
                else { continue }
                if result == nil { result = elements }
                result?[index] = new
            }
            return result.map { .array($0) }
        case .object(let members): return changed(members, words, tally: &tally).map { .object($0) }
        }
    }

    private func changed(
        _ members: JSONObject, _ words: SparedWords, tally: inout RedactionTally
    ) -> JSONObject? {
        var isChanged = false
        var pairs: [(String, JSONValue)] = []
        pairs.reserveCapacity(members.count)
        for (key, value) in members {
            let newKey = changed(key, sparesWords: words != .nowhere, tally: &tally)
            let newValue = changed(value, words, isUnderKeyWord: Self.isKeyWord(key), tally: &tally)
            if newKey != nil || newValue != nil { isChanged = true }
            pairs.append((newKey ?? key, newValue ?? value))
        }
        guard isChanged else { return nil }
        var result = JSONObject()
        for (key, value) in pairs {
            var name = key
            var number = 2
            while result[name] != nil {
                name = "\(key)#\(number)"
                number += 1
            }
            result[name] = value
        }
        return result
    }

    private func changed(
        _ text: String, _ words: SparedWords, isUnderKeyWord: Bool, tally: inout RedactionTally
    ) -> String? {
        if let redacted = changed(text, sparesWords: words == .everywhere, tally: &tally) { return redacted }
        guard isUnderKeyWord, isActive, AssignedSecrets.isSecret(Array(text.utf8).span) else { return nil }
        return token(.password, Array(text.utf8), tally: &tally)
    }

    private func changed(_ number: Int, tally: inout RedactionTally) -> String? {
        // Most numbers are too short to be anything.
        guard number.magnitude >= 100_000 else { return nil }
        return token(forDigits: String(number.magnitude), tally: &tally)
    }

    /// A fraction in the digits that a record has; a whole number in those of one.
    private func changed(_ number: Double, tally: inout RedactionTally) -> String? {
        if let whole = Int(exactly: number) { return changed(whole, tally: &tally) }
        return number.isFinite ? token(forDigits: number.magnitude.description, tally: &tally) : nil
    }

    private static func isKeyWord(_ key: String) -> Bool {
        guard (3...64).contains(key.utf8.count) else { return false }
        return AssignedSecrets.isKeyWord(Array(key.utf8).span)
    }
}
