import Foundation
import SandboxExecution
import Testing

/// Attacks on the sandbox, a suite a topic. Every one is shown to work first, without the layers that stop it, and
/// then has to be denied by the whole sandbox, with everything outside as it was.
///
/// Serial, since a command that is to be ended by a limit needs the processor now and then to reach it.
@Suite enum EscapeTests {
    @Suite(.serialized) struct Files {
        @Test(arguments: EscapeAttacks.files.filter { !$0.needsRoot })
        func `nothing outside is read or written`(attack: EscapeAttack) async throws { try await attack.check() }

        @Test(
            .enabled(if: HostFeature.isRoot, "Only a caller that is root has something to give up."),
            arguments: EscapeAttacks.files.filter(\.needsRoot))
        func `root's rights are not passed on`(attack: EscapeAttack) async throws { try await attack.check() }
    }

    @Suite(.serialized) struct Processes {
        @Test(arguments: EscapeAttacks.processes)
        func `no process outside is seen, touched or left behind`(attack: EscapeAttack) async throws {
            try await attack.check()
        }
    }

    @Suite(.serialized) struct Network {
        @Test(arguments: EscapeAttacks.network)
        func `nothing is sent or received`(attack: EscapeAttack) async throws { try await attack.check() }
    }

    @Suite(.serialized) struct Kernel {
        @Test(arguments: EscapeAttacks.kernel)
        func `the kernel gives no more than a command needs`(attack: EscapeAttack) async throws {
            try await attack.check()
        }
    }

    @Suite(.serialized) struct Limits {
        @Test(arguments: EscapeAttacks.limits)
        func `the machine is not used up`(attack: EscapeAttack) async throws { try await attack.check() }
    }

    @Suite(.serialized) struct Leaks {
        @Test(arguments: EscapeAttacks.leaks)
        func `nothing is left to the next run`(attack: EscapeAttack) async throws { try await attack.check() }
    }

    @Suite(.serialized) struct Imports {
        @Test(arguments: EscapeAttacks.imports)
        func `nothing is brought out that runs later`(attack: EscapeAttack) async throws { try await attack.check() }
    }
}
