/// Finds known secrets in all their forms, by the first four bytes of each.
///
/// Whoever writes a text without knowing a secret can't make comparisons long. The work for a byte is one look into a bit
/// set, and at most the forms that begin with the same four bytes times their length.
///
/// Line breaks in a text are skipped: base64 and mail are folded. Escapes of JSON and HTML in it are taken for the
/// characters that they stand for. Where a text was cut, what is left of a secret at its start or end is found too, from
/// eight bytes and half of the form.
struct SecretIndex: Sendable {
    private struct Entry {
        let form: KnownSecret.Form
        let secret: Int
    }
    private struct Rest {
        let entry: Int
        let offset: Int
    }

    /// How the mark begins and ends that stands where the middle of a command's output was left out, without the line
    /// breaks around it.
    private static let cutMark = (begin: Array("[... ".utf8), end: Array(" bytes left out ...]".utf8))
    private static let headByteCount = 4
    private static let restByteCount = 8

    private let secrets: [KnownSecret]
    private var entries: [Entry] = []
    private var heads: [UInt32: [Int]] = [:]
    private var filter = [UInt64](repeating: 0, count: 1024)
    private var rests: [UInt64: [Rest]] = [:]

    var isEmpty: Bool { entries.isEmpty }

    init(_ secrets: [KnownSecret]) {
        self.secrets = secrets
        var seen: Set<KnownSecret.Form> = []
        for (index, secret) in secrets.enumerated() {
            for form in secret.forms where seen.insert(form).inserted { add(form, of: index) }
        }
    }

    private mutating func add(_ form: KnownSecret.Form, of secret: Int) {
        let place = entries.count
        entries.append(Entry(form: form, secret: secret))
        let head = form.bytes[0..<Self.headByteCount].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        heads[head, default: []].append(place)
        let bit = Self.hash(head)
        filter[bit >> 6] |= 1 << UInt64(bit & 63)
        let least = Self.leastPart(of: form)
        for offset in 1..<max(form.bytes.count - least + 1, 1) {
            let key = form.bytes[offset..<(offset + Self.restByteCount)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            rests[key, default: []].append(Rest(entry: place, offset: offset))
        }
    }

    private static func hash(_ head: UInt32) -> Int { Int((head &* 0x9E37_79B1) >> 16) }

    /// How much of a form counts as it where the text ends.
    private static func leastPart(of form: KnownSecret.Form) -> Int {
        max(restByteCount, (form.bytes.count + 1) / 2)
    }

    /// Whether a secret may begin with these four bytes, the first one highest.
    @inline(__always) func mayBegin(_ head: UInt32) -> Bool {
        let bit = Self.hash(head)
        return filter[bit >> 6] >> UInt64(bit & 63) & 1 == 1
    }

    /// The secret that begins at `index` with the four bytes of `head`, in its longest form.
    func match(_ text: Span<UInt8>, at index: Int, _ head: UInt32) -> Finding? {
        var best: Finding?
        for place in heads[head] ?? [] {
            let entry = entries[place]
            guard let end = end(of: entry.form.bytes[...], in: text, from: index, least: Self.leastPart(of: entry.form))
            else { continue }
            guard end > best?.range.upperBound ?? 0 else { continue }
            best = finding(entry, index..<end, text)
        }
        return best
    }

    /// The secret that begins at `index` and has line breaks or escapes within its first four bytes.
    func foldedMatch(_ text: Span<UInt8>, at index: Int) -> Finding? {
        var head: UInt32 = 0
        var taken = 0
        var place = index
        while taken < Self.headByteCount {
            guard place < text.count, place - index < Self.headByteCount * EscapedCharacter.longestByteCount else {
                return nil
            }
            if let escaped = EscapedCharacter(text, at: place) {
                for part in 0..<escaped.count where taken < Self.headByteCount {
                    head = head << 8 | UInt32(escaped.byte(part))
                    taken += 1
                }
                place += escaped.length
                continue
            }
            if !ByteKind.isLineEnd(text[place]) {
                head = head << 8 | UInt32(text[place])
                taken += 1
            } else if taken == 0 {
                return nil
            }
            place += 1
        }
        return mayBegin(head) ? match(text, at: index, head) : nil
    }

    /// What is left of a secret behind a cut: at the very start of a text, or behind the mark whose last byte is before
    /// `start`.
    func rest(_ text: Span<UInt8>, from start: Int) -> Finding? {
        guard !rests.isEmpty, start + Self.restByteCount <= text.count else { return nil }
        guard start == 0 || text.has(Self.cutMark.end, at: start - Self.cutMark.end.count) else { return nil }
        var key: UInt64 = 0
        var taken = 0
        var index = start
        while taken < Self.restByteCount {
            guard index < text.count else { return nil }
            if !ByteKind.isLineEnd(text[index]) {
                key = key << 8 | UInt64(text[index])
                taken += 1
            }
            index += 1
        }
        var best: Finding?
        for rest in rests[key] ?? [] {
            let entry = entries[rest.entry]
            let part = entry.form.bytes[rest.offset...]
            guard let end = end(of: part, in: text, from: start, least: part.count),
                end > best?.range.upperBound ?? 0
            else { continue }
            best = finding(entry, text.end(of: start, limit: 4, ByteKind.isLineEnd)..<end, text)
        }
        return best
    }

    private func finding(_ entry: Entry, _ range: Range<Int>, _ text: Span<UInt8>) -> Finding {
        var range = range
        let isShared = { (byte: UInt8) in ByteKind.isBase64(byte) || ByteKind.isBase64URL(byte) }
        if entry.form.sharesFirst, isShared(text.byte(range.lowerBound - 1)) {
            range = (range.lowerBound - 1)..<range.upperBound
        }
        if entry.form.sharesLast, isShared(text.byte(range.upperBound)) {
            range = range.lowerBound..<(range.upperBound + 1)
        }
        return Finding(range, .secret, canonical: secrets[entry.secret].bytes)
    }

    /// Where `form` ends that begins at `start`; nil where something else stands there. At the end of the text, or where
    /// its middle was left out, `least` bytes of it are enough.
    ///
    /// First as the text stands, then with its escapes taken for their characters: a secret may itself have what reads as
    /// one.
    private func end(of form: ArraySlice<UInt8>, in text: Span<UInt8>, from start: Int, least: Int) -> Int? {
        end(of: form, in: text, from: start, least: least, readsEscapes: false)
            ?? end(of: form, in: text, from: start, least: least, readsEscapes: true)
    }

    private func end(
        of form: ArraySlice<UInt8>, in text: Span<UInt8>, from start: Int, least: Int, readsEscapes: Bool
    ) -> Int? {
        var index = start
        var end = start
        var place = form.startIndex
        while place < form.endIndex {
            while index < text.count, ByteKind.isLineEnd(text[index]) { index += 1 }
            let matched = place - form.startIndex
            guard index < text.count else { return matched >= least ? end : nil }
            if readsEscapes, let escaped = EscapedCharacter(text, at: index),
                Self.begins(form[place...], with: escaped)
            {
                index += escaped.length
                place += escaped.count
            } else {
                guard text[index] == form[place] else {
                    return matched >= least && text.has(Self.cutMark.begin, at: index) ? end : nil
                }
                index += 1
                place += 1
            }
            end = index
        }
        return end
    }

    private static func begins(_ form: ArraySlice<UInt8>, with escaped: EscapedCharacter) -> Bool {
        guard escaped.count <= form.count else { return false }
        for place in 0..<escaped.count where form[form.startIndex + place] != escaped.byte(place) { return false }
        return true
    }
}
