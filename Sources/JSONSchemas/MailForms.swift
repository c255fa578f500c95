/// Regular expressions for RFC 5321's mailboxes.
enum MailForms {
    static func email(isInternational: Bool) -> String {
        let more = isInternational ? "\\u{80}-\\u{10FFFF}" : ""
        let atom = "[A-Za-z0-9!#$%&'*+\\-/=?^_`{|}~\(more)]+"
        let quoted = "\"(?:[ !#-\\[\\]-~\(more)]|\\\\[ -~])*\""
        let local = "(?:\(atom)(?:\\.\(atom))*|\(quoted))"
        let literal = "\\[(?:\(HostForms.ipv4)|IPv6:\(HostForms.ipv6))\\]"
        let host = isInternational ? HostForms.internationalName : HostForms.name
        return "\(local)@(?:\(host)|\(literal))"
    }
}
