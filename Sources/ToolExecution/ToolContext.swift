import Foundation
import IssueTracking
public import WebAddresses

/// The call a tool works on.
public struct ToolContext: Sendable {
    /// The step's address.
    public let address: String
    /// Identifies the effect; the same for every attempt at one call, so that an effect can be found again.
    public let effectID: String
    /// Who approved the call, where a person did.
    public let approvedBy: String?
    /// The hosts that the policy names; a tool that asks URLs asks no others.
    public let hosts: [HostEntry]
    /// What the run lends.
    public let environment: ToolEnvironment
}

extension ToolContext {
    /// What makes the call's effect recognizable at a tracker.
    var marker: EffectMarker { EffectMarker(effect: effectID, notBefore: environment.started) }

    /// What the policy of the project demands at the end of everything that is filed.
    var footer: String {
        let approval = approvedBy.map { ", approved by \($0)" } ?? ""
        return "\n\n---\ndrafted by \(environment.draftedBy) in run \(environment.run)\(approval)\n"
    }
}
