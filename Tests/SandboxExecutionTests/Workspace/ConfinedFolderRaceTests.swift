import Foundation
import Glibc
import SandboxExecution
import Synchronization
import Testing

@Suite struct ConfinedFolderRaceTests {
    /// Swaps a folder and a link to `outside` as fast as it can until told to stop.
    private final class Swapper: Sendable {
        private let isStopped = Atomic(false)
        private let isDone = Atomic(false)

        init(in folder: String, outside: String) {
            let (real, aside) = (folder + "/dir", folder + "/aside")
            Thread.detachNewThread {
                while !self.isStopped.load(ordering: .relaxed) {
                    // Unsafe only for the path pointers, which live as long as the calls.
                    _ = unsafe rename(real, aside)
                    _ = unsafe symlink(outside, real)
                    Self.dwell()
                    _ = unsafe unlink(real)
                    _ = unsafe rename(aside, real)
                    Self.dwell()
                }
                self.isDone.store(true, ordering: .releasing)
            }
        }

        /// Each state lasts for a while, mostly shorter than one operation of the other thread.
        private static func dwell() {
            for _ in 0..<Int.random(in: 0...8) { sched_yield() }
        }

        func stop() {
            isStopped.store(true, ordering: .relaxed)
            while !isDone.load(ordering: .acquiring) { sched_yield() }
        }
    }

    @Test func `swapping a folder and a link never leads outside`() throws {
        let scratch = try Scratch()
        let outside = try Scratch()
        try scratch.folder("dir")
        try scratch.write("dir/known", "inside")
        try outside.write("known", "outside")
        let folder = try ConfinedFolder(opening: scratch.path, what: "folder")
        let (known, made) = try (path("dir/known"), path("dir/made"))
        // The control arm: what the swapped link leads to is reached by an ordinary read.
        try scratch.link("link", to: outside.path)
        #expect(scratch.text("link/known") == "outside")

        let swapper = Swapper(in: scratch.path, outside: outside.path)
        defer { swapper.stop() }
        var (reads, writes, links) = (0, 0, 0)
        var round = 0
        // At least 2,000 rounds; more only if the other thread has hardly run.
        while round < 2000 || (round < 200_000 && min(reads, writes, links) == 0) {
            round += 1
            do {
                #expect(try folder.contents(of: known, byteLimit: 100) == Array("inside".utf8))
                reads += 1
                try folder.write([1], to: made)
                writes += 1
                try folder.setMode(0o600, of: made)
                try folder.removeFile(made)
            } catch {
                #expect(error == .link || error == .missing)
                if error == .link { links += 1 }
            }
        }
        swapper.stop()
        #expect(outside.names == ["known"])
        #expect(outside.text("known") == "outside")
        // Without these the race was not one.
        #expect(min(reads, writes, links) > 0)
        scratch.keep()
    }
}
