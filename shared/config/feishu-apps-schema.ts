import { z } from 'zod';
import { plainUrl } from './values.ts';

/** A self-built app of the Feishu platform, and how its cards' buttons come back. */
export const FeishuAppConfig = z
  .strictObject({
    appId: z
      .string()
      // The long connection's SDK takes no other, and says so in its log alone.
      .regex(
        /^cli_[0-9a-fA-F]{16}$/,
        'is no App ID: cli_ and 16 hexadecimal digits, as on the app’s page "Credentials & Basic Info" (凭证与基础信息)',
      )
      .describe('The App ID: cli_ and 16 hexadecimal digits.'),
    appSecret: z.string().min(1),
    baseUrl: plainUrl
      .default('https://open.feishu.cn')
      .describe('https://open.larksuite.com for Lark; a proxy of your own.'),
    callbacks: z
      .enum(['long-connection', 'http', 'none'])
      .default('long-connection')
      .describe(
        "How clicks come: over a connection that the gateway opens (no public address is needed), by the platform's calls of /feishu/<name>/events, or not at all: cards have links in place of buttons then.",
      ),
    encryptKey: z
      .string()
      .min(1)
      .optional()
      .describe("The app's Encrypt Key; needed for callbacks over HTTP, for it signs them."),
    verificationToken: z
      .string()
      .min(1)
      .optional()
      .describe("The app's Verification Token; checked where it is given."),
  })
  .refine(({ callbacks, encryptKey }) => callbacks !== 'http' || encryptKey !== undefined, {
    path: ['encryptKey'],
    message: 'is needed for callbacks: http; without it anybody could send clicks',
  });
export type FeishuAppConfig = z.infer<typeof FeishuAppConfig>;
