// What blocks and options of pcapng are called by number.
#pragma once

#include <cstdint>

namespace deadair::capture::pcapng {

// draft-ietf-opsawg-pcapng section 4.
enum BlockType : std::uint32_t {
  kSectionHeader = 0x0a0d0d0a,  // the same in either byte order
  kInterface = 1,
  kObsoletePacket = 2,
  kSimplePacket = 3,
  kStatistics = 5,
  kEnhancedPacket = 6,
};

// Section 3.5; from 2 on a number means something else in every kind of block.
enum OptionCode : std::uint16_t {
  kEndOfOptions = 0,
  kComment = 1,         // opt_comment
  kInterfaceName = 2,   // if_name
  kApplication = 4,     // shb_userappl
  kInterfaceDrops = 5,  // isb_ifdrop
  kKernelDrops = 7,     // isb_osdrop
  kTimeResolution = 9,  // if_tsresol
  kTimeOffset = 14,     // if_tsoffset
};

inline constexpr std::uint32_t kByteOrderMagic = 0x1a2b'3c4d;

}  // namespace deadair::capture::pcapng
