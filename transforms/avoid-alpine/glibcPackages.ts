// Packages of Python that publish wheels for glibc and none for musl.

/** Asked of the index for `musllinux` wheels of the newest version, Python 3.12: there are none. */
export const WITHOUT_MUSL_WHEELS: ReadonlySet<string> = new Set([
  'tensorflow',
  'torch',
  'torchvision',
  'torchaudio',
  'jaxlib',
  'onnxruntime',
  'open3d',
  'mediapipe',
  'playwright',
  'pyqt6',
  'pyside6',
]);
