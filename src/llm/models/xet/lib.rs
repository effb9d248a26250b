//! hf-xet for a program that takes every file plainly.
//!
//! hf-hub 1.0.0 loads files that the hub keeps in Xet through hf-xet, and has no feature to leave it out. This program must
//! not: Xet takes a file in chunks, from a host that a first answer names, by a client of its own, while a pull goes on at a
//! byte and takes none from elsewhere (`src/llm/models/hub.rs` stops hf-hub before it, and asks plainly). So hf-xet and the
//! sixty crates behind it, with a second redb and a second library of ciphers, would be six megabytes that never run.
//!
//! This crate has the names that hf-hub's code calls, and nothing behind them: a session cannot be made, which is an error
//! hf-hub passes on, and what would come of one is of types without values. The compiler holds it against every version of
//! hf-hub: what a new one calls and is not here does not build.

/// Why Xet does nothing.
pub mod error {
    /// It is not in this program.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct XetError;

    impl std::fmt::Display for XetError {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("files are not taken through Xet here")
        }
    }

    impl std::error::Error for XetError {}
}

/// Sessions, and what would come of them.
pub mod xet_session {
    use std::collections::HashMap;
    use std::path::PathBuf;

    use crate::error::XetError;

    /// Would make a session.
    #[derive(Debug, Default)]
    pub struct XetSessionBuilder;

    impl XetSessionBuilder {
        /// One that makes none.
        pub fn new() -> Self {
            Self
        }

        /// Makes none.
        ///
        /// # Errors
        /// Always.
        pub fn build(self) -> Result<XetSession, XetError> {
            Err(XetError)
        }
    }

    /// Types without values, each with what would be asked of it.
    macro_rules! never {
        ($($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* fn $ask:ident($($of:ident: $kind:ty),*) -> $answer:ty;)* })*) => {$(
            $(#[$doc])*
            #[derive(Debug, Clone)]
            pub enum $name {}
            impl $name {
                $($(#[$about])* pub fn $ask(&self, $($of: $kind),*) -> $answer {
                    $(let _ = $of;)*
                    match *self {}
                })*
            }
        )*};
    }

    never! {
        /// A session.
        XetSession {
            /// To upload.
            fn new_upload_commit() -> Result<XetUploadCommitBuilder, XetError>;
            /// To download into files.
            fn new_file_download_group() -> Result<XetFileDownloadGroupBuilder, XetError>;
            /// To download as streams.
            fn new_download_stream_group() -> Result<XetDownloadStreamGroupBuilder, XetError>;
        }
        /// Uploads that belong together.
        XetUploadCommit {
            /// How far they are.
            fn progress() -> GroupProgressReport;
        }
        /// Downloads that belong together.
        XetFileDownloadGroup {
            /// How far they are.
            fn progress() -> GroupProgressReport;
        }
        /// Streams that belong together.
        XetDownloadStreamGroup {}
        /// An upload.
        XetFileUpload {
            /// How far it is.
            fn progress() -> Option<ItemProgressReport>;
            /// Its name.
            fn task_id() -> UniqueId;
        }
        /// An upload in pieces.
        XetStreamUpload {
            /// How far it is.
            fn progress() -> Option<ItemProgressReport>;
        }
        /// A download.
        XetFileDownload {
            /// How far it is.
            fn progress() -> Option<ItemProgressReport>;
            /// How it ended.
            fn result() -> Option<()>;
        }
        /// A download in pieces.
        XetDownloadStream {
            /// Begins.
            fn start() -> ();
        }
    }

    /// Builders of what belongs together: none can be had, as no session can.
    macro_rules! builders {
        ($($name:ident makes $made:ident),*) => {$(
            /// Who would make it.
            #[derive(Debug)]
            pub enum $name {}
            impl $name {
                /// At this server.
                pub fn with_endpoint(self, _endpoint: String) -> Self {
                    self
                }

                /// With this leave.
                pub fn with_token_info(self, _token: String, _until: u64) -> Self {
                    self
                }

                /// Which is renewed there.
                pub fn with_token_refresh_url<H>(self, _url: String, _headers: H) -> Self {
                    self
                }

                /// Makes it.
                ///
                /// # Errors
                /// Never: there is no builder.
                pub async fn build(self) -> Result<$made, XetError> {
                    match self {}
                }
            }
        )*};
    }

    builders! {
        XetUploadCommitBuilder makes XetUploadCommit,
        XetFileDownloadGroupBuilder makes XetFileDownloadGroup,
        XetDownloadStreamGroupBuilder makes XetDownloadStreamGroup
    }

    /// What would be waited for, of types without values: nothing of it is ever reached.
    macro_rules! waits {
        ($($name:ident.$ask:ident($($kind:ty),*) -> $answer:ty),* $(,)?) => {$(
            impl $name {
                /// Never reached.
                ///
                /// # Errors
                /// Never.
                pub async fn $ask(&self $(, _: $kind)*) -> Result<$answer, XetError> {
                    match *self {}
                }
            }
        )*};
    }

    waits! {
        XetUploadCommit.upload_from_path(PathBuf, Sha256Policy) -> XetFileUpload,
        XetUploadCommit.upload_bytes(Vec<u8>, Sha256Policy, Option<String>) -> XetFileUpload,
        XetUploadCommit.upload_stream(Option<String>, Sha256Policy) -> XetStreamUpload,
        XetUploadCommit.commit() -> XetCommitReport,
        XetStreamUpload.write(bytes::Bytes) -> (),
        XetStreamUpload.finish() -> XetFileMetadata,
        XetFileDownloadGroup.download_file_to_path(XetFileInfo, PathBuf) -> XetFileDownload,
        XetFileDownloadGroup.finish() -> (),
        XetDownloadStreamGroup.download_stream(XetFileInfo, Option<std::ops::Range<u64>>) -> XetDownloadStream,
        XetDownloadStream.next() -> Option<bytes::Bytes>,
    }

    /// The name of an upload.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum UniqueId {}

    /// Whether a digest is made.
    #[derive(Debug, Clone, Copy)]
    pub enum Sha256Policy {
        /// It is.
        Compute,
    }

    /// A file in Xet.
    #[derive(Debug, Clone)]
    pub struct XetFileInfo {
        /// Its name there.
        pub hash: String,
        /// Its length in bytes.
        pub file_size: Option<u64>,
    }

    impl XetFileInfo {
        /// A file of this name and length.
        pub fn new(hash: String, file_size: u64) -> Self {
            Self { hash, file_size: Some(file_size) }
        }
    }

    /// What came of an upload.
    #[derive(Debug, Clone)]
    pub struct XetFileMetadata {
        /// The file.
        pub xet_info: XetFileInfo,
    }

    /// What came of uploads.
    #[derive(Debug, Clone)]
    pub struct XetCommitReport {
        /// How far they came.
        pub progress: GroupProgressReport,
        /// Each of them.
        pub uploads: HashMap<UniqueId, XetFileMetadata>,
    }

    /// How far one is, in bytes.
    #[derive(Debug, Clone)]
    pub struct ItemProgressReport {
        /// Its name.
        pub item_name: String,
        /// So many of them.
        pub bytes_completed: u64,
        /// All of them.
        pub total_bytes: u64,
    }

    /// How far all are, in bytes.
    #[derive(Debug, Clone)]
    pub struct GroupProgressReport {
        /// Of the files, so many.
        pub total_bytes_completed: u64,
        /// All of them.
        pub total_bytes: u64,
        /// A second.
        pub total_bytes_completion_rate: Option<f64>,
        /// Of what goes over the line, so many.
        pub total_transfer_bytes_completed: u64,
        /// All of it.
        pub total_transfer_bytes: u64,
        /// A second.
        pub total_transfer_bytes_completion_rate: Option<f64>,
    }
}
