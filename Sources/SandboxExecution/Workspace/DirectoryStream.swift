import Glibc

/// Owns one `DIR` of the C library; closed when the value's life ends.
@safe struct DirectoryStream: ~Copyable {
    private let stream: OpaquePointer

    init(of folder: consuming OwnedDescriptor) throws(ConfinedFolderError) {
        let raw = folder.release()
        // fdopendir takes the descriptor over, but only when it succeeds.
        guard let opened = unsafe fdopendir(raw) else {
            let error = ConfinedFolderError.last
            close(raw)
            throw error
        }
        unsafe stream = opened
    }

    // The stream is closed once, here; nothing else holds it.
    deinit { unsafe closedir(stream) }

    /// The next name that is not `.` or `..`, or nil at the end.
    mutating func next() throws(ConfinedFolderError) -> [UInt8]? {
        while true {
            // The end and a failure both give no entry; only the latter sets the number.
            errno = 0
            // What readdir gives is valid until its next call; the name is copied out before.
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw .last }
                return nil
            }
            let name = unsafe Self.name(of: entry)
            if name != [0x2E], name != [0x2E, 0x2E] { return name }
        }
    }

    /// What the entry of that name is; nil when it was removed meanwhile.
    func status(of name: [CChar]) throws(ConfinedFolderError) -> EntryStatus? {
        // The stream, and with it its descriptor, is open as long as this value lives.
        try EntryStatus(of: name, in: unsafe dirfd(stream))
    }

    @unsafe private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else {
            preconditionFailure("A directory entry has a name at a fixed place.")
        }
        // Some file systems have names longer than the 256 bytes the structure declares; the kernel always ends them
        // with a zero, so the length is measured instead of trusting the declaration.
        let start = unsafe UnsafeRawPointer(entry).advanced(by: offset)
        let length = unsafe strlen(start.assumingMemoryBound(to: CChar.self))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: length))
    }
}
