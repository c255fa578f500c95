import PolicyEngine

/// Nobody is there: every question parks.
struct AbsentInbox: ApprovalInbox {
    func answer(to request: ApprovalRequest) async throws -> Approval? { nil }
}
