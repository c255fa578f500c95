import Foundation
import IssueTracking
public import SandboxExecution
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
    /// The sandbox profile that the tool's manifest names; nil for a tool that starts no process.
    public let profile: SandboxProfile?
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

extension ToolContext {
    /// Keeps what paths are, and records what they are about to become.
    ///
    /// - Throws: `ToolError` where that can't be kept; nothing may be changed then.
    func prepare(
        _ wanted: [(path: ConfinedPath, after: EntryState)], in folder: ConfinedFolder, root: String,
        makesRoot: Bool = false
    ) throws(ToolError) {
        do {
            try ChangeSet.prepare(
                wanted, in: folder, root: root, makesRoot: makesRoot, at: address, keeping: environment.changes)
        } catch let error as ToolError {
            throw error
        } catch let error as ConfinedFolderError {
            throw ToolError(.io, "Can't keep what is in `\(root)`: \(error.reason).")
        } catch {
            throw ToolError(.io, "Can't keep what is in `\(root)`: \(error)")
        }
    }
}

extension ToolContext {
    /// The manifest's profile for one call: with its folder, and with a time limit where the call names one.
    func profile(folder: String?, wallSeconds: Int?) throws(ToolError) -> SandboxProfile {
        guard var profile else {
            throw ToolError(.sandboxUnavailable, "Can't run a process: the tool's manifest names no sandbox profile.")
        }
        profile.workingDirectory = folder
        if let wallSeconds {
            profile.wallLimit = .seconds(wallSeconds)
            profile.cpuLimit = .seconds(wallSeconds)
        }
        return profile
    }
}
