import JSONSchemas

/// Something that can be seen without judgement.
public enum Expectation: Hashable, Sendable {
    /// The command exits with this status.
    case exits(Int)
    /// The command writes nothing.
    case silent
    /// The command writes exactly this, or it is one of its lines.
    case prints(String)
    /// The command's output says this.
    case says(String)
    /// The command's output names this.
    case lists(String)
    /// The command writes the value that the edited setting had before.
    case printsEditedValue
    /// A setting is at least this.
    case settingAtLeast(key: String, file: String, Int)
    /// The output says this: the fault is there.
    case faultIfSays(String)
    /// Every line says one of the things that show the fault; anything else is for a person.
    case noOtherLines
    /// Words that only a person can hold against what is seen.
    case words(String)

    /// Whether a pass shows by itself that nothing is wrong.
    var isStrong: Bool {
        switch self {
        case .exits, .silent, .prints, .says, .printsEditedValue: true
        case .lists, .settingAtLeast, .faultIfSays, .noOtherLines, .words: false
        }
    }

    /// Whether it says what a sound machine shows.
    var isRequirement: Bool {
        switch self {
        case .exits, .silent, .prints, .says, .printsEditedValue, .lists, .settingAtLeast: true
        case .faultIfSays, .noOtherLines, .words: false
        }
    }

    var json: JSONValue {
        switch self {
        case .exits(let status): ["exits": .integer(status)]
        case .silent: ["silent": true]
        case .prints(let text): ["prints": .string(text)]
        case .says(let text): ["says": .string(text)]
        case .lists(let text): ["lists": .string(text)]
        case .printsEditedValue: ["prints_edited_value": true]
        case .settingAtLeast(let key, let file, let least):
            ["setting": .string(key), "file": .string(file), "at_least": .integer(least)]
        case .faultIfSays(let text): ["fault_if_says": .string(text)]
        case .noOtherLines: ["no_other_lines": true]
        case .words(let text): ["words": .string(text)]
        }
    }

    init(_ value: JSONValue, step: String) throws(GuideError) {
        if let status = value["exits"]?.intValue {
            self = .exits(status)
        } else if value["silent"]?.boolValue == true {
            self = .silent
        } else if let text = value["prints"]?.stringValue {
            self = .prints(text)
        } else if let text = value["says"]?.stringValue {
            self = .says(text)
        } else if let text = value["lists"]?.stringValue {
            self = .lists(text)
        } else if value["prints_edited_value"]?.boolValue == true {
            self = .printsEditedValue
        } else if let key = value["setting"]?.stringValue, let file = value["file"]?.stringValue,
            let least = value["at_least"]?.intValue
        {
            self = .settingAtLeast(key: key, file: file, least)
        } else if let text = value["fault_if_says"]?.stringValue {
            self = .faultIfSays(text)
        } else if value["no_other_lines"]?.boolValue == true {
            self = .noOtherLines
        } else if let text = value["words"]?.stringValue {
            self = .words(text)
        } else {
            throw GuideError("step `\(step)` expects something of no known form")
        }
    }

    /// Whether `output` says `text`: its words in one line, in order, with at most three words between two of them.
    static func says(_ text: String, in output: String) -> Bool {
        let wanted = words(of: text)
        guard !wanted.isEmpty else { return false }
        return output.split(whereSeparator: \.isNewline).contains { line in
            if line.contains(text) { return true }
            let found = words(of: String(line))
            return found.indices.contains { start in follows(wanted, found[start...]) }
        }
    }

    private static func follows(_ wanted: [String], _ found: ArraySlice<String>) -> Bool {
        var place = found.startIndex
        for (index, word) in wanted.enumerated() {
            let window = found[place..<min(place + (index == 0 ? 1 : 4), found.endIndex)]
            guard let next = window.firstIndex(of: word) else { return false }
            place = next + 1
        }
        return true
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "#" || $0 == "_") }.map(String.init)
    }
}
