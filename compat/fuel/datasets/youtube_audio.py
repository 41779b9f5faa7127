"""YouTubeAudio: the sound of a video."""
from fuel.datasets.published import PublishedDataset


class YouTubeAudio(PublishedDataset):
    """The sound of a video, as one example.

    Source ``features``, of shape (time, channel). The only split,
    ``'train'``, contains the whole sound.

    Parameters
    ----------
    youtube_id : str
        The identifier of the video; the file is named after it.
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    """

    fits_in_memory = False

    def __init__(self, youtube_id, **kwargs):
        self.filename = f'{youtube_id}.hdf5'
        self.conversion = f'youtube_audio --youtube-id {youtube_id}'
        super().__init__(('train',), **kwargs)
