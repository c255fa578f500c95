import Glibc
import SystemPackage

extension SandboxExecutor {
    /// Tries the sandbox's promises on this machine, by behavior and not by version numbers.
    ///
    /// Where a check looks for something that must not be there, it first makes sure that the probe finds it outside or
    /// without the layer, so that it cannot pass because the probe is broken. Takes about two seconds and leaves nothing behind.
    public static func doctor() async -> [SandboxCheck] {
        await SandboxDoctor(bubblewrapPath: defaultPath).checks()
    }
}

/// Runs the probes behind ``SandboxExecutor/doctor()``.
package struct SandboxDoctor: Sendable {
    let executor: SandboxExecutor
    private let bubblewrapPath: String?
    let profile = SandboxProfile(name: "doctor", wallLimit: .seconds(10))

    /// A doctor for one bubblewrap, or (nil) for none.
    ///
    /// - Parameters:
    ///   - bubblewrapPath: the program to try.
    ///   - layers: what to leave out, to see that it is missed.
    package init(bubblewrapPath: String?, without layers: Set<SandboxLayer> = []) {
        self.bubblewrapPath = bubblewrapPath
        executor = SandboxExecutor(without: layers, bubblewrapPath: bubblewrapPath)
    }

    /// All checks in a fixed order. When no sandbox can be built, only those of its parts are returned.
    package func checks() async -> [SandboxCheck] {
        let standing = await partsStand()
        guard standing.allSatisfy(\.passed) else { return standing }
        var list = standing
        list.append(await networkIsCut())
        list.append(await systemIsReadOnly())
        list.append(await tmpIsPrivate())
        list.append(await nothingIsInherited())
        list.append(await systemCallsAreFiltered())
        list.append(await workspaceIsGuarded())
        list.append(await memoryIsLimited())
        list.append(await processesAreLimited())
        list.append(await treeIsKilled())
        list.append(await identity())
        return list
    }

    // MARK: The parts stand

    /// The layers that a machine may lack, each tried with the others left out, so that all that is missing is said.
    private static let parts: [(name: String, layer: SandboxLayer?, fix: String)] = [
        (
            "namespaces work", nil,
            "Allow user namespaces (`sysctl kernel.unprivileged_userns_clone=1`, `sysctl user.max_user_namespaces=10000`, "
                + "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`); in a container, also let it create namespaces "
                + "and mount `/proc`."
        ),
        (
            "Landlock works", .landlock,
            "Linux 6.7 or later with `landlock` in `CONFIG_LSM` or in the boot parameter `lsm=`; without it only the "
                + "mounts stand between a command and the machine's files."
        ),
        (
            "the system-call filter works", .seccomp,
            "A kernel with `CONFIG_SECCOMP_FILTER`; without it a command reaches every part of the kernel."
        ),
        ("control groups work", .controlGroup, "Without them one command can take all memory and all processes."),
    ]

    private func partsStand() async -> [SandboxCheck] {
        let installed = "bubblewrap is installed"
        guard bubblewrapPath != nil else {
            return [
                SandboxCheck(
                    name: installed, passed: false,
                    detail: "No `bwrap` in the system folders; without it a command would run in the open.",
                    fix: "Install it: `apt-get install bubblewrap`.")
            ]
        }
        let found = SandboxCheck(name: installed, passed: true, detail: "It was found.", fix: "")
        guard HelperLocation.path != nil else {
            return [
                found,
                SandboxCheck(
                    name: "the helper is installed", passed: false,
                    detail: "`\(HelperLocation.name)` does not lie beside this program; it applies the inner layers.",
                    fix: "Build it (`Scripts/build`), or install it beside `warrant`."),
            ]
        }
        let optional = Set(Self.parts.compactMap(\.layer))
        var list = [found]
        for part in Self.parts {
            let trial = SandboxExecutor(
                without: optional.subtracting(part.layer.map { [$0] } ?? []), bubblewrapPath: bubblewrapPath)
            do throws(SandboxError) {
                let outcome = try await trial.run(SandboxCommand(argv: ["true"]), profile: profile)
                let seen = "A command behind it ended with \(outcome.termination)."
                list.append(check(part.name, outcome.termination == .exited(0), seen: seen, fix: part.fix))
                if part.layer == nil, outcome.termination != .exited(0) { return list }
            } catch {
                list.append(
                    SandboxCheck(
                        name: part.name, passed: false, detail: "Can't \(error.operation): \(error.reason).",
                        fix: part.layer == .controlGroup ? (error.fix ?? "") + " " + part.fix : part.fix))
                // Nothing can be tried where not even namespaces can be made.
                if part.layer == nil { return list }
            }
        }
        return list
    }

    // MARK: Helpers

    static func sleepers(_ mark: String) -> Int {
        ProcessTable.commandLines().count { $0.hasPrefix("sleep\0") && $0.contains(mark) }
    }

    func text(of script: String) async -> String? {
        let outcome = try? await executor.run(SandboxCommand(argv: ["sh", "-c", script]), profile: profile)
        return outcome.map { String(decoding: $0.standardOutput, as: UTF8.self) }
    }

    func check(_ name: String, _ passed: Bool, seen: String, fix: String) -> SandboxCheck {
        SandboxCheck(name: name, passed: passed, detail: seen, fix: passed ? "" : fix)
    }
}
