/** A number of so many digits, the first of them not 0. */
function digits(length: number): string {
  const drawn = crypto.getRandomValues(new Uint8Array(length));
  return [...drawn].map((byte, place) => String(place === 0 ? 1 + (byte % 9) : byte % 10)).join("");
}

/** Alibaba's id of a call, such as 900619746936498440^0. */
export const bizId = () => `${digits(18)}^0`;

/** Alibaba's id of an RCS message, such as 100000096034031_1552101_03304904325170151776946304855. */
export const rcsId = () => `${digits(15)}_${digits(7)}_0${digits(28)}`;

/** Tencent's id of a message, such as 5000:1045710669157053657849499619. */
export const serialNo = () => `5000:${digits(28)}`;
