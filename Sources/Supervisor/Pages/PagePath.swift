import RunJournal

/// Addresses of pages, with everything in them that is no plain letter or digit encoded.
enum PagePath {
    static func run(_ run: RunID) -> String { "/runs/\(encoded(run.description))" }

    static func step(_ address: String, of run: RunID) -> String {
        "\(Self.run(run))/step?at=\(encoded(address))"
    }

    static func question(_ sequence: Int) -> String { "/questions/\(sequence)" }

    static func entry(_ sequence: Int) -> String { "/entries/\(sequence)" }

    static func workflow(_ name: String) -> String { "/workflows/\(encoded(name))" }

    static func runs(of workflow: String) -> String { "/runs?workflow=\(encoded(workflow))" }

    /// The page of runs for a query, with another limit.
    static func runs(_ query: RunsView.Query, limit: Int) -> String {
        var parts = ["limit=\(limit)"]
        if let state = query.state { parts.append("state=\(state.rawValue)") }
        if let workflow = query.workflow { parts.append("workflow=\(encoded(workflow))") }
        if query.isWaiting { parts.append("waiting=1") }
        if !query.text.isEmpty { parts.append("q=\(encoded(query.text))") }
        return "/runs?" + parts.joined(separator: "&")
    }

    /// RFC 3986: all but unreserved characters as percent signs and hex digits.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(byte)
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
