extension FieldReader {
    /// `approvals: { expire: 8h }` of a policy: how long a person's answer counts.
    mutating func approvalLifetime(_ policy: Fields) -> Duration? {
        guard let node = policy["approvals"],
            let members = self.fields(node, of: "`approvals` of the policy", known: ["expire"])
        else { return nil }
        guard let expire = members["expire"] else {
            report(members.position, "`approvals` of the policy has no `expire`")
            return nil
        }
        let text = self.text(expire, "`expire`") ?? "1s"
        guard let duration = DurationParser.parse(text), duration > .zero else {
            report(expire.position, "`expire` is `\(text)`, which is no duration", fix: "Write `30m`, `8h` or `1h30m`.")
            return nil
        }
        return duration
    }
}
