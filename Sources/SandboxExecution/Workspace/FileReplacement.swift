/// What a file holds in a workspace's copy instead of its own bytes.
package struct FileReplacement: Hashable, Sendable {
    /// The content.
    package let bytes: [UInt8]
    /// When it was last changed, as the copy has it, whole seconds since 1970: what was built from the file itself, by its
    /// time and size, must not pass for built from this.
    package let modifiedSeconds: Int64

    /// A content with its time.
    package init(bytes: [UInt8], modifiedSeconds: Int64) {
        self.bytes = bytes
        self.modifiedSeconds = modifiedSeconds
    }
}
