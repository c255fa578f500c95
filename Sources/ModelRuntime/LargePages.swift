import Glibc

/// Large pages for what this process allocates.
///
/// Weights that llama.cpp repacks are a gigabyte of fresh memory: in pages of 4 KiB each of them is a fault of its own and
/// the processor's table of addresses holds few of them. glibc asks the kernel for large ones, but only in a process that
/// was started with a tunable, so this one starts itself anew.
///
/// Sources: glibc manual, Memory Allocation Tunables, `glibc.malloc.hugetlb`; kernel, transhuge.rst.
package enum LargePages {
    /// The variable that glibc reads as a process starts.
    package static let variable = "GLIBC_TUNABLES"
    private static let tunable = "glibc.malloc.hugetlb"

    /// Starts this process anew with large pages, under the same number and with the same arguments. It returns where
    /// that was done before, where the kernel gives them to all or to none, and where it can't be done: nothing but time
    /// hangs on it. Nothing may be open or running that would be lost.
    package static func adopt() {
        let current = unsafe getenv(variable).map { unsafe String(cString: $0) }
        let kernel = MappedFile.text(ofProcessFile: "/sys/kernel/mm/transparent_hugepage/enabled")
        guard let value = value(after: current, kernel: kernel) else { return }
        // Where the loader was started and loads the program, it is the loader that would be started anew.
        guard isLoadedByKernel(startVector: startVector()) else { return }
        // The program's own path: a process that was started by a name in `/proc` is listed as `exe`.
        guard let program = unsafe realpath("/proc/self/exe", nil) else { return }
        // Made by `realpath` and freed here.
        defer { unsafe free(program) }
        guard unsafe setenv(variable, value, 1) == 0 else { return }
        // The arguments are those that this process was given; they end with a null pointer.
        unsafe execv(program, CommandLine.unsafeArgv)
        // It wasn't started anew, so what it starts needn't be told.
        if let current { unsafe setenv(variable, current, 1) } else { unsafe unsetenv(variable) }
    }

    /// What the variable has to be, or nothing where starting anew would change nothing: the tunable is set, whatever to,
    /// or `kernel`, the text of `transparent_hugepage/enabled`, doesn't have `madvise` chosen.
    package static func value(after current: String?, kernel: String) -> String? {
        guard kernel.contains("[madvise]") else { return nil }
        let settings = (current ?? "").split(separator: ":")
        guard !settings.contains(where: { $0.hasPrefix(tunable + "=") }) else { return nil }
        return (settings.map(String.init) + [tunable + "=1"]).joined(separator: ":")
    }

    /// Whether the kernel started a program and not its loader, by the vector that it leaves with each process, getauxval(3):
    /// pairs of numbers, of which `AT_BASE` says where the program's loader lies.
    package static func isLoadedByKernel(startVector bytes: [UInt8]) -> Bool {
        let width = MemoryLayout<UInt>.size
        let numbers = stride(from: 0, to: bytes.count / width * width, by: width).map { start in
            // The machine's own order of bytes, the smallest first.
            bytes[start..<start + width].reversed().reduce(UInt(0)) { $0 << 8 | UInt($1) }
        }
        let base: UInt = 7
        return stride(from: 0, to: numbers.count - 1, by: 2).contains { numbers[$0] == base && numbers[$0 + 1] != 0 }
    }

    private static func startVector() -> [UInt8] {
        let file = unsafe open("/proc/self/auxv", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        // Writes into the array's own storage, at most its count.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
        return Array(bytes.prefix(max(0, count)))
    }
}
