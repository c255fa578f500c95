/// Personal data that is replaced in records where a workflow or the operator asks for it. It is also the ordinary data of
/// specifications and their tests, which is why nobody gets it unasked.
public enum PersonalData: String, Hashable, Sendable, CaseIterable {
    /// Mail addresses.
    case email
    /// Telephone numbers.
    case phone
    /// IPv4 and IPv6 addresses.
    case ip
    /// Hardware addresses of network cards.
    case mac
}

extension FieldReader {
    /// The list under `redact`.
    mutating func personalData(_ fields: Fields) -> [PersonalData] {
        guard let node = fields["redact"], let elements = sequence(node, "`redact`") else { return [] }
        var kinds: [PersonalData] = []
        for element in elements {
            guard let name = string(element, "an element of `redact`") else { continue }
            guard let kind = PersonalData(rawValue: name) else {
                report(
                    element.position, "`redact` has `\(name)`, which is unknown",
                    fix: Spelling.fix(for: name, among: PersonalData.allCases.map(\.rawValue), called: "classes"))
                continue
            }
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        return kinds
    }
}
