"""The data converter of the bot's own workflows and of messages to them: pydantic's, whose type adapters are built
once for the whole process.
"""

from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter

_CONVERTERS = tuple(PydanticPayloadConverter().converters.values())


class SharedPydanticConverter(CompositePayloadConverter):
    """``PydanticPayloadConverter`` with shared type adapters.

    The SDK makes a payload converter for each workflow, and each of them would build the adapters of all types of a
    sequence anew, which takes some 5 ms of CPU a type.
    """

    def __init__(self) -> None:
        super().__init__(*_CONVERTERS)


data_converter = DataConverter(payload_converter_class=SharedPydanticConverter)
