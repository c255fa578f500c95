/// One pass over a text: each byte is looked up in a table that says which detectors it can start, and most start none.
///
/// Every detector looks at a bounded number of bytes around the one that started it, so that the whole takes time in
/// proportion to the text, whatever the text is.
struct TextScanner: Sendable {
    /// What a byte can start.
    private struct Trigger: OptionSet {
        let rawValue: UInt16
        /// A letter: account numbers, and what has a form of its own. Where a word begins.
        static let word = Trigger(rawValue: 1)
        /// A digit: cards, telephone numbers, IPv4. Where a number begins.
        static let number = Trigger(rawValue: 2)
        /// `@` or `%`
        static let mail = Trigger(rawValue: 4)
        /// `:`, `=` or `>`
        static let assignment = Trigger(rawValue: 8)
        /// `-`
        static let dash = Trigger(rawValue: 16)
        /// `+` or `(`
        static let phone = Trigger(rawValue: 32)
        /// A hex digit or `:`
        static let address = Trigger(rawValue: 64)
    }

    private let triggers: [Trigger]
    /// The first two bytes of service keys, web tokens and schemes of credentials: one bit for each pair.
    private let openings: [UInt64]
    private let secrets: SecretIndex
    private let hasPhone: Bool
    private let hasIP: Bool
    private let hasMAC: Bool

    init(_ secrets: SecretIndex, requested: Set<RedactionClass>) {
        self.secrets = secrets
        openings = Self.openings()
        hasPhone = requested.contains(.phone)
        hasIP = requested.contains(.ip)
        hasMAC = requested.contains(.mac)
        let hasMail = requested.contains(.email)
        let (hasPhone, hasAddress) = (hasPhone, hasIP || hasMAC)
        triggers = (0..<256).map { value in
            let byte = UInt8(value)
            var trigger: Trigger = []
            if ByteKind.isLetter(byte) { trigger.insert(.word) }
            if ByteKind.isDigit(byte) { trigger.insert(.number) }
            if hasMail, byte == UInt8(ascii: "@") || byte == UInt8(ascii: "%") { trigger.insert(.mail) }
            if [58, 61, 62].contains(byte) { trigger.insert(.assignment) }
            if byte == UInt8(ascii: "-") { trigger.insert(.dash) }
            if hasPhone, byte == UInt8(ascii: "+") || byte == UInt8(ascii: "(") { trigger.insert(.phone) }
            if hasAddress, ByteKind.isHex(byte) || byte == UInt8(ascii: ":") { trigger.insert(.address) }
            return trigger
        }
    }

    /// What has to be replaced, in order and without overlaps.
    ///
    /// - Complexity: O(*n*).
    func findings(in text: Span<UInt8>) -> [Finding] {
        var found: [Finding] = []
        if let rest = secrets.rest(text, from: 0) { found.append(rest) }
        let hasSecrets = !secrets.isEmpty
        var previous: UInt8 = 0
        // The last four bytes.
        var window: UInt32 = 0
        // No two secrets begin inside one another more often than they overlap; what is found is not looked at again.
        var secretEnd = 0
        for index in 0..<text.count {
            let byte = text[index]
            if hasSecrets {
                window = window << 8 | UInt32(byte)
                if index >= secretEnd + 3, secrets.mayBegin(window),
                    let secret = secrets.match(text, at: index - 3, window)
                {
                    found.append(secret)
                    secretEnd = secret.range.upperBound
                }
                switch byte {
                case 10, 13, 38, 92, 93: startSecret(byte, text, index, &secretEnd, &found)
                default: break
                }
            }
            let trigger = triggers[Int(byte)]
            if !trigger.isEmpty {
                start(trigger, byte, after: previous, text, index, &found)
            }
            previous = byte
        }
        return found.resolved(in: text)
    }

    /// At a line break or an escape: the secrets that have it within their first bytes. At `]`: what is left of one behind
    /// the mark of a cut.
    private func startSecret(
        _ byte: UInt8, _ text: Span<UInt8>, _ index: Int, _ secretEnd: inout Int, _ found: inout [Finding]
    ) {
        if byte == UInt8(ascii: "]") {
            if let rest = secrets.rest(text, from: index + 1) { found.append(rest) }
            return
        }
        let isEscape = !ByteKind.isLineEnd(byte)
        if isEscape, EscapedCharacter(text, at: index) == nil { return }
        // An escape can be the first character itself.
        let first = max(secretEnd, index - 3, 0)
        for start in first..<max(first, index + (isEscape ? 1 : 0)) {
            guard !ByteKind.isLineEnd(text[start]), let secret = secrets.foldedMatch(text, at: start) else { continue }
            found.append(secret)
            secretEnd = secret.range.upperBound
            return
        }
    }

    @inline(__always)
    private func start(
        _ trigger: Trigger, _ byte: UInt8, after previous: UInt8, _ text: Span<UInt8>, _ index: Int,
        _ found: inout [Finding]
    ) {
        let beginsWord = !ByteKind.isWord(previous) || text.isBehindEscape(index)
        if trigger.contains(.word) {
            if beginsWord { startWord(byte, text, index, &found) }
        } else if trigger.contains(.number) {
            if beginsWord { startNumber(text, index, &found) }
        } else if trigger.contains(.assignment) {
            startAssignment(byte, text, index, &found)
        } else if trigger.contains(.dash) {
            startDash(previous, text, index, &found)
        } else if trigger.contains(.mail), let finding = MailAddresses.match(text, at: index) {
            found.append(finding)
        } else if trigger.contains(.phone), let finding = PhoneNumbers.match(text, at: index) {
            found.append(finding)
        }
        if trigger.contains(.address), beginsWord { startAddress(text, index, &found) }
    }

    private func startWord(_ byte: UInt8, _ text: Span<UInt8>, _ index: Int, _ found: inout [Finding]) {
        let next = text.byte(index + 1)
        let pair = Int(byte) << 8 | Int(next)
        if openings[pair >> 6] >> UInt64(pair & 63) & 1 == 1 {
            if let finding = ServiceKeys.match(text, at: index) { found.append(finding) }
            if byte == UInt8(ascii: "e"), let finding = WebTokens.match(text, at: index) { found.append(finding) }
            if byte | 0x20 == UInt8(ascii: "b"), let finding = Authorizations.match(text, at: index) {
                found.append(finding)
            }
        }
        guard ByteKind.isDigit(text.byte(index + 2)), ByteKind.isLetter(next) else { return }
        if let finding = AccountNumbers.match(text, at: index) { found.append(finding) }
    }

    private static func openings() -> [UInt64] {
        var bits = [UInt64](repeating: 0, count: 1024)
        func add(_ first: UInt8, _ second: UInt8) {
            let pair = Int(first) << 8 | Int(second)
            bits[pair >> 6] |= 1 << UInt64(pair & 63)
        }
        for shape in ServiceKeys.shapes { add(shape.prefix[0], shape.prefix[1]) }
        add(UInt8(ascii: "e"), UInt8(ascii: "y"))
        // `Bearer` and `Basic` in any case.
        for first in "bB".utf8 { for second in "eEaA".utf8 { add(first, second) } }
        return bits
    }

    private func startNumber(_ text: Span<UInt8>, _ index: Int, _ found: inout [Finding]) {
        if let finding = CardNumbers.match(text, at: index) { found.append(finding) }
        if hasPhone, let finding = PhoneNumbers.match(text, at: index) { found.append(finding) }
        if hasIP, let finding = NetworkAddresses.matchVersion4(text, at: index) { found.append(finding) }
    }

    private func startAssignment(_ byte: UInt8, _ text: Span<UInt8>, _ index: Int, _ found: inout [Finding]) {
        if byte == UInt8(ascii: ">") {
            if let finding = AssignedSecrets.matchArrow(text, at: index) { found.append(finding) }
            return
        }
        if byte == UInt8(ascii: ":"), text.byte(index + 1) == UInt8(ascii: "/"),
            let finding = AssignedSecrets.matchAddress(text, at: index)
        {
            found.append(finding)
        }
        if let finding = AssignedSecrets.matchAssignment(text, at: index) { found.append(finding) }
    }

    private func startDash(_ previous: UInt8, _ text: Span<UInt8>, _ index: Int, _ found: inout [Finding]) {
        guard previous != UInt8(ascii: "-"), text.byte(index + 1) == UInt8(ascii: "-") else { return }
        if let finding = PrivateKeys.match(text, at: index) { found.append(finding) }
        if !ByteKind.isWord(previous), let finding = AssignedSecrets.matchOption(text, at: index) {
            found.append(finding)
        }
    }

    private func startAddress(_ text: Span<UInt8>, _ index: Int, _ found: inout [Finding]) {
        // Most words that begin with a hex digit go on as words.
        let first = text.end(of: index, limit: 5, ByteKind.isHex)
        guard text.byte(first) == 58 || text.byte(first) == 45 else { return }
        if hasIP, let finding = NetworkAddresses.matchVersion6(text, at: index) { found.append(finding) }
        if hasMAC, let finding = NetworkAddresses.matchHardware(text, at: index) { found.append(finding) }
    }
}
