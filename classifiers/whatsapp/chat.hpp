// Reads WhatsApp's chat streams: which hello or answer they begin with, and frames in mid-stream.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bytes/byte_view.hpp"

namespace deadair::classifiers::whatsapp {

// What a side of a connection begins with.
enum class Chat : std::uint8_t {
  none,          // nothing of WhatsApp's
  partial,       // too short to tell
  routing,       // the client's edge routing; the hello behind it is not there yet
  noise,         // the client's hello since 2017
  xmpp,          // the client's hello until 2017
  noise_server,  // the server's answers to them
  xmpp_server,
};

// The client's side from its first byte on.
Chat read_client(ByteView up);

// The server's side from its first byte on.
Chat read_server(ByteView down);

// How the frames of a connection are marked, by the four bits before their length (20).
enum class FrameMark : std::uint8_t {
  plain = 0,      // since 2017, when nothing is outside Noise's encryption
  encrypted = 8,  // until 2017, after the hellos
};

// How many frames in a row the bytes hold when they begin with one, as segments of a connection
// caught in the middle do; at most `most`. 0: a length leads to something that is no frame.
std::size_t count_frames(ByteView bytes, FrameMark mark, std::size_t most);

}  // namespace deadair::classifiers::whatsapp
