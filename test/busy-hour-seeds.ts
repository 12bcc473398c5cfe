/** What every seeded text has in common; the rest of each is a number of four figures. They stand nowhere by chance. */
export const SEEDS = {
  number: "1397731",
  spaced: "139 7731",
  email: "leak9qz7x",
  code: "7Q4X9Z2K",
  name: "欧阳漏风",
  ip: "203.0.113.",
  order: "ORD5W8J3",
} as const;

/** Stands in profiles in clear, so that who finds it has looked at the right bytes. */
export const CLEAR_TAG = "tag-in-clear-8k2";

export interface Somebody {
  /** Personal, as ids may be. */
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly code: string;
  readonly email: string;
  readonly order: string;
  readonly ip: string;
}

export function somebody(at: number): Somebody {
  const own = String(at).padStart(4, "0");
  const email = `${SEEDS.email}${own}@mail.example`;
  return {
    id: at % 2 === 0 ? email : `+86${SEEDS.number}${own}`,
    number: at % 5 === 0 ? `${SEEDS.spaced} ${own}` : at % 5 === 1 ? `${SEEDS.number}${own}` : `+86${SEEDS.number}${own}`,
    name: `${SEEDS.name}${own}`,
    code: `${SEEDS.code}${own}`,
    order: `${SEEDS.order}${own}`,
    email,
    ip: `${SEEDS.ip}${1 + (at % 250)}`,
  };
}
