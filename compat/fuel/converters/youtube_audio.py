"""YouTubeAudio: the sound of a video, decoded by ffmpeg."""
import os
import shutil
import subprocess
import tempfile

from fuel.converters.base import require_files
from fuel.converters.output import write_splits
from fuel.converters.raw import reading, wrong_file
from scipy.io import wavfile


def convert_youtube_audio(directory, output_directory, youtube_id,
                          channels=1, sample=16000, output_filename=None):
    """Make the file that :class:`fuel.datasets.YouTubeAudio` reads.

    Parameters
    ----------
    directory : str
        The folder of the raw file, named after `youtube_id` and ending in
        ``.m4a``.
    output_directory : str
        The folder for the file.
    youtube_id : str
        The identifier of the video.
    channels : int, optional
        The number of channels.
    sample : int, optional
        The number of samples per second.
    output_filename : str, optional
        The name of the file, by default `youtube_id` with ``.hdf5``.

    Returns
    -------
    tuple of str
        The path of the file.

    Raises
    ------
    MissingInputFiles
        If the raw file is missing.
    RuntimeError
        If the program ffmpeg is not installed.
    ValueError
        If ffmpeg cannot decode the raw file.

    """
    name = f'{youtube_id}.m4a'
    require_files(directory, [name])
    sound = _decode(os.path.abspath(os.path.join(directory, name)), channels,
                    sample)
    return write_splits(
        output_directory, output_filename or f'{youtube_id}.hdf5',
        [('train', 'features', sound.reshape(1, len(sound), -1))],
        {'features': ('batch', 'time', 'feature')})


def fill_subparser(subparser):
    """Add the options of the command; return the converter."""
    subparser.add_argument('--youtube-id', required=True,
                           help="identifier of the video")
    subparser.add_argument('--channels', type=int, default=1,
                           help="number of channels (default: 1)")
    subparser.add_argument('--sample', type=int, default=16000,
                           help="samples per second (default: 16000)")
    return convert_youtube_audio


def _decode(path, channels, sample):
    """Return the samples, of shape (time,) or (time, channels)."""
    program = shutil.which('ffmpeg')
    if program is None:
        raise RuntimeError("convert_youtube_audio needs the program ffmpeg, "
                           "which is not installed or not on the PATH")
    with tempfile.TemporaryDirectory() as folder:
        decoded = os.path.join(folder, 'decoded.wav')
        finished = subprocess.run(
            [program, '-y', '-i', path, '-ac', str(channels), '-ar',
             str(sample), decoded], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors='replace')
        if finished.returncode:
            raise wrong_file(path, "sound that ffmpeg decodes",
                             finished.stdout[-500:].strip())
        with reading(path, "sound that ffmpeg decodes to a WAV file"):
            return wavfile.read(decoded)[1]
