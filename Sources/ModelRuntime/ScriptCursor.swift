import JSONSchemas

/// A place inside the text of a scripted value.
///
/// The keys of an object may be written in any order, so several cursors can be at the same byte; the bytes
/// that follow decide which of them is right.
struct ScriptCursor {
    private enum Frame {
        case object(rest: Members, isFirst: Bool)
        case array(rest: ArraySlice<JSONValue>, isFirst: Bool)
        case text([UInt8])
    }

    /// The members of an object that aren't written yet.
    ///
    /// Every member may come next, so there is a cursor for each of them: all share the members and the set of those that
    /// are written, and each has the place of its own one beside.
    private struct Members {
        let all: [(key: String, value: JSONValue)]
        private var isWritten: [Bool]
        private var latest: Int?

        init(_ object: JSONObject) {
            all = object.map { ($0.key, $0.value) }
            isWritten = Array(repeating: false, count: all.count)
        }

        /// Their places, once the latest is counted among the written ones.
        mutating func settled() -> [Int] {
            if let latest { isWritten[latest] = true }
            latest = nil
            return all.indices.filter { !isWritten[$0] }
        }

        func writing(_ place: Int) -> Members {
            var copy = self
            copy.latest = place
            return copy
        }
    }

    private var pending: ArraySlice<UInt8>
    /// What follows `pending`, innermost last.
    private var frames: [Frame]

    /// The ways to start on `value`: as it is, before a closing marker, or as a call between the dialect's markers.
    static func starts(of value: JSONValue, dialect: ChatDialect) -> [ScriptCursor] {
        var plain = ScriptCursor(pending: [], frames: [])
        plain.write(value)
        var call = ScriptCursor(pending: [], frames: [.text(Array(dialect.callSuffix.utf8))])
        call.pending = ArraySlice(dialect.callPrefix.utf8)
        call.write(value)
        var closed = ScriptCursor(pending: [], frames: [.text(Array(dialect.callSuffix.utf8))])
        closed.write(value)
        return plain.expanded + closed.expanded + call.expanded
    }

    /// The next byte, or nil at the end.
    var next: UInt8? { pending.first }

    /// The cursors after `byte`; none when another byte comes next.
    func advanced(by byte: UInt8) -> [ScriptCursor] {
        guard next == byte else { return [] }
        var copy = self
        copy.pending.removeFirst()
        return copy.expanded
    }

    /// This cursor with a byte to show, once for each key that may come next.
    private var expanded: [ScriptCursor] {
        guard pending.isEmpty, let frame = frames.last else { return [self] }
        var copy = self
        copy.frames.removeLast()
        switch frame {
        case .text(let bytes):
            copy.pending = bytes[...]
            return copy.expanded
        case .array(let rest, let isFirst):
            guard let value = rest.first else {
                copy.pending = [UInt8(ascii: "]")]
                return [copy]
            }
            if !isFirst { copy.pending = Array(", ".utf8)[...] }
            copy.frames.append(.array(rest: rest.dropFirst(), isFirst: false))
            copy.write(value)
            return copy.expanded
        case .object(var rest, let isFirst):
            let places = rest.settled()
            guard !places.isEmpty else {
                copy.pending = [UInt8(ascii: "}")]
                return [copy]
            }
            return places.map { place in
                var branch = copy
                let member = rest.all[place]
                let key = JSONValue.string(member.key).serialized(.spaced)
                branch.pending = Array("\(isFirst ? "" : ", ")\(key): ".utf8)[...]
                branch.frames.append(.object(rest: rest.writing(place), isFirst: false))
                branch.write(member.value)
                return branch
            }
        }
    }

    /// Appends the start of `value` to what is pending, and what remains of it to the frames.
    private mutating func write(_ value: JSONValue) {
        switch value {
        case .object(let object):
            pending.append(UInt8(ascii: "{"))
            frames.append(.object(rest: Members(object), isFirst: true))
        case .array(let values):
            pending.append(UInt8(ascii: "["))
            frames.append(.array(rest: values[...], isFirst: true))
        default:
            pending.append(contentsOf: value.serialized(.spaced).utf8)
        }
    }
}
