// Tells capture files from other files by their first bytes.
#pragma once

#include <memory>
#include <string>

#include "capture/byte_input.hpp"
#include "capture/file_reader.hpp"

namespace deadair::capture {

struct OpenedFile {
  std::unique_ptr<FileReader> reader;  // null when this is no capture deadair reads
  std::string refusal;                 // why not, without the file's name
};

// Recognises pcap and pcapng, compressed or not. `window` is the size of the read buffer in bytes.
OpenedFile open_capture(std::unique_ptr<ByteInput> input, std::size_t window = kWindowBytes);

}  // namespace deadair::capture
