/// Regular expressions for the names and addresses of hosts.
enum HostForms {
    static let ipv4: String = {
        let byte = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
        return "\(byte)(?:\\.\(byte)){3}"
    }()

    /// Eight groups, of which `::` stands for one or more that are zero; the last two can be written as IPv4.
    static let ipv6: String = {
        let group = "[0-9A-Fa-f]{1,4}"
        let last = "(?:\(group):\(group)|\(ipv4))"
        var forms = ["(?:\(group):){6}\(last)"]
        for before in 0...7 {
            let head = before == 0 ? "" : "(?:(?:\(group):){0,\(before - 1)}\(group))?"
            let rest = 5 - before
            let tail =
                if rest >= 0 { "(?:\(group):){\(rest)}\(last)" } else { rest == -1 ? group : "" }
            forms.append("\(head)::\(tail)")
        }
        return "(?:\(forms.joined(separator: "|")))"
    }()

    /// Letters, digits and inner hyphens; two hyphens in the third and fourth place are for encoded names only.
    static let name: String = {
        let end = "[A-Za-z0-9]"
        let any = "[A-Za-z0-9\\-]"
        let long = "\(any)(?:\(end)\(any)|-\(end))\(any){0,58}\(end)"
        let label = "(?:\(end)(?:\(any)?\(end)|\(any){2}\(end)|\(long))?|[xX][nN]--\(any){0,58}\(end))"
        return "\(label)(?:\\.\(label))*"
    }()

    static let internationalName: String = {
        // Beside letters and digits, the signs that RFC 5892 admits one by one.
        let first = "\\p{L}\\p{Nd}\\u06FD\\u06FE\\u0F0B\\u3007\\u30FB"
        let inner = "[\(first)\\p{M}\\u00B7\\u0375\\u05F3\\u05F4\\u200C\\u200D\\-]{0,61}"
        let label = "[\(first)](?:\(inner)[\(first)\\p{M}\\u05F3\\u05F4])?"
        return "(?:\(label))(?:[.\\u3002\\uFF0E\\uFF61](?:\(label)))*"
    }()
}
