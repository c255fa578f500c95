/// International bank account numbers (ISO 13616): a country, its length, and a remainder of 1 modulo 97 (ISO 7064).
enum AccountNumbers {
    /// The number that begins at `index`, where a word begins with a letter. Together or in groups of four.
    static func match(_ text: Span<UInt8>, at index: Int) -> Finding? {
        guard ByteKind.isLetter(text.byte(index + 1)), ByteKind.isDigit(text.byte(index + 2)),
            ByteKind.isDigit(text.byte(index + 3))
        else { return nil }
        let country = UInt16(text[index] & 0xDF) << 8 | UInt16(text[index + 1] & 0xDF)
        guard let length = lengths[country] else { return nil }
        // Both letters of one case.
        guard ByteKind.isUpper(text[index]) == ByteKind.isUpper(text[index + 1]) else { return nil }
        var plain: [UInt8] = []
        var place = index
        // A hyphen is never printed in one.
        let separator = text.byte(index + 4) == 45 ? 0 : text.separatorByteCount(index + 4)
        while plain.count < length {
            if separator > 0, plain.count % 4 == 0, !plain.isEmpty {
                guard text.byte(place) == text.byte(index + 4), text.separatorByteCount(place) == separator else {
                    return nil
                }
                place += separator
            }
            guard ByteKind.isAlphanumeric(text.byte(place)) else { return nil }
            plain.append(ByteKind.isLower(text[place]) ? text[place] & 0xDF : text[place])
            place += 1
        }
        // 02 to 98: a remainder of 1 leaves no others.
        let check = Int(plain[2] - 48) * 10 + Int(plain[3] - 48)
        guard (2...98).contains(check), !ByteKind.isWord(text.byte(place)), remainder(plain) == 1 else { return nil }
        return Finding(index..<place, .iban, canonical: plain)
    }

    private static func remainder(_ plain: [UInt8]) -> Int {
        (plain[4...] + plain[..<4]).reduce(0) { rest, byte in
            ByteKind.isDigit(byte) ? (rest * 10 + Int(byte - 48)) % 97 : (rest * 100 + Int(byte - 55)) % 97
        }
    }

    /// The registry of SWIFT, release 99.
    private static let lengths: [UInt16: Int] = {
        let table = """
            AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 \
            ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 \
            LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 \
            PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 \
            YE30
            """
        var lengths: [UInt16: Int] = [:]
        for entry in table.split(separator: " ") {
            let letters = Array(entry.utf8.prefix(2))
            lengths[UInt16(letters[0]) << 8 | UInt16(letters[1])] = Int(entry.dropFirst(2))
        }
        return lengths
    }()
}
