import type { AcceptDeps } from "./accept/accept-events.ts";
import type { AuditDeps } from "./accept/audited.ts";
import type { AuthenticateDeps } from "./accept/authenticate.ts";
import type { BlocksDeps } from "./accept/change-blocks.ts";
import type { ChangeKeysDeps } from "./accept/change-keys.ts";
import type { PauseDeps } from "./accept/change-pauses.ts";
import type { ChangeTopicsDeps } from "./accept/change-topics.ts";
import type { CreateRootKeyDeps } from "./accept/create-root-key.ts";
import type { CreateTenantDeps } from "./accept/create-tenant.ts";
import type { EraseRecipientDeps } from "./accept/erase-recipient.ts";
import type { ExportPreferencesDeps } from "./accept/export-preferences.ts";
import type { ImportPreferencesDeps } from "./accept/import-preferences.ts";
import type { ImportRecipientsDeps } from "./accept/import-recipients.ts";
import type { ListBlocksDeps } from "./accept/list-blocks.ts";
import type { ListKeysDeps } from "./accept/list-keys.ts";
import type { ListTopicsDeps } from "./accept/list-topics.ts";
import type { PreviewDeps } from "./accept/post-preview.ts";
import type { SimulateDeps } from "./accept/post-simulation.ts";
import type { PublishDeps } from "./accept/publish-catalog.ts";
import type { PutPreferencesDeps } from "./accept/put-preferences.ts";
import type { PutRecipientDeps } from "./accept/put-recipient.ts";
import type { RecoverDeps } from "./accept/recover.ts";
import type { ReplayDeps } from "./accept/replay-dead-letters.ts";
import type { ShowAuditDeps } from "./accept/show-audit.ts";
import type { ShowCarriersDeps } from "./accept/show-carriers.ts";
import type { ShowCatalogDeps } from "./accept/show-catalog.ts";
import type { ShowMessagesDeps } from "./accept/show-messages.ts";
import type { ShowPreferencesDeps } from "./accept/show-preferences.ts";
import type { ShowRecipientsDeps } from "./accept/show-recipients.ts";
import type { ShowSealingDeps } from "./accept/show-sealing.ts";
import type { TakeBackDeps } from "./accept/take-back-messages.ts";
import type { CallbackDeps } from "./accept/take-callback.ts";
import type { TestCarrierDeps } from "./accept/test-carrier.ts";

/** What is done beside answering. */
interface NoteUseDeps {
  /** Notes that a key is used, to the hour; never rejects. */
  readonly noteKeyUse: (id: string) => Promise<void>;
}

/** What accepting needs, of all its addresses. */
export type AcceptWiring = AcceptDeps &
  AuditDeps &
  AuthenticateDeps &
  NoteUseDeps &
  ChangeKeysDeps &
  ListKeysDeps &
  ChangeTopicsDeps &
  ListTopicsDeps &
  CreateRootKeyDeps &
  CreateTenantDeps &
  PublishDeps &
  ShowCatalogDeps &
  PutRecipientDeps &
  PutPreferencesDeps &
  ShowPreferencesDeps &
  ExportPreferencesDeps &
  ShowRecipientsDeps &
  ImportRecipientsDeps &
  ImportPreferencesDeps &
  EraseRecipientDeps &
  BlocksDeps &
  ListBlocksDeps &
  ShowMessagesDeps &
  PreviewDeps &
  SimulateDeps &
  TakeBackDeps &
  PauseDeps &
  RecoverDeps &
  CallbackDeps &
  ShowSealingDeps &
  ShowAuditDeps &
  ShowCarriersDeps &
  TestCarrierDeps &
  ReplayDeps;
